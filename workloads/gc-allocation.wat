;; Short-lived objects
;;
;; What it does: makes `rounds` x `count` objects of three fields; each is stored in a global, so that it escapes, and
;; read again when its successor has been made. No more than two are alive at a time.
;;
;; Why it matters: what an allocation costs, and what a collection costs when nothing survives it. There are no calls.
(module
  (type $triple (struct (field $x i32) (field $y i32) (field $z i32)))

  (global $last (export "last") (mut (ref null $triple)) (ref.null $triple))

  (func $allocate (param $count i32) (param $sum i32) (result i32)
    (local $before (ref $triple))
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $count)))
        (local.set $before (ref.as_non_null (global.get $last)))
        (global.set $last
          (struct.new $triple (local.get $count) (local.get $sum) (i32.const 3)))
        (local.set $sum
          (i32.add
            (local.get $sum)
            (i32.add
              (i32.xor
                (struct.get $triple $x (local.get $before))
                (struct.get $triple $y (local.get $before)))
              (struct.get $triple $z (local.get $before)))))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $next)))
    (local.get $sum))

  (func $main (export "main") (param $rounds i32) (param $count i32) (result i32)
    (local $sum i32)
    (global.set $last (struct.new $triple (i32.const 1) (i32.const 2) (i32.const 3)))
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $rounds)))
        (local.set $sum (call $allocate (local.get $count) (local.get $sum)))
        (local.set $rounds (i32.sub (local.get $rounds) (i32.const 1)))
        (br $next)))
    (local.get $sum)))
