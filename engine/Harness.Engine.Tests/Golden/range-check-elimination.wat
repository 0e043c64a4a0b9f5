;; test: ir function=signed passes=fold,gvn,range-check-elimination,dce
;; test: ir function=different after=end pass.unroll=off
;; test: ir function=down passes=fold,gvn,range-check-elimination,dce
;; test: ir function=masked passes=fold,gvn,range-check-elimination,dce
;; test: ir function=other passes=fold,gvn,range-check-elimination,dce
;;
;; A counter that begins at 0 and is compared with the length needs no bounds check, however it is compared; one that is compared with
;; something else does.
(module
  (type $numbers (array (mut i32)))
  (func $signed (param $a (ref $numbers)) (result i32) (local $i i32) (local $sum i32)
    (block $done
      (loop $next
        (br_if $done (i32.ge_s (local.get $i) (array.len (local.get $a))))
        (local.set $sum (i32.add (local.get $sum) (array.get $numbers (local.get $a) (local.get $i))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $next)))
    (local.get $sum))
  (func $different (param $a (ref $numbers)) (result i32) (local $i i32) (local $sum i32)
    (block $done
      (loop $next
        (br_if $done (i32.eq (local.get $i) (array.len (local.get $a))))
        (local.set $sum (i32.add (local.get $sum) (array.get $numbers (local.get $a) (local.get $i))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $next)))
    (local.get $sum))
  (func $down (param $a (ref $numbers)) (result i32) (local $i i32) (local $sum i32)
    (local.set $i (array.len (local.get $a)))
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $i)))
        (local.set $i (i32.sub (local.get $i) (i32.const 1)))
        (local.set $sum (i32.add (local.get $sum) (array.get $numbers (local.get $a) (local.get $i))))
        (br $next)))
    (local.get $sum))
  (func $masked (param $i i32) (result i32) (local $a (ref $numbers))
    (local.set $a (array.new_default $numbers (i32.const 8)))
    (i32.add
      (array.get $numbers (local.get $a) (i32.and (local.get $i) (i32.const 7)))
      (array.get $numbers (local.get $a) (i32.and (local.get $i) (i32.const 15)))))
  (func $other (param $a (ref $numbers)) (param $n i32) (result i32) (local $i i32) (local $sum i32)
    (block $done
      (loop $next
        (br_if $done (i32.ge_s (local.get $i) (local.get $n)))
        (local.set $sum (i32.add (local.get $sum) (array.get $numbers (local.get $a) (local.get $i))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $next)))
    (local.get $sum)))
