;; Six targets in turn
;;
;; What it does: folds the numbers below `iterations` into an accumulator, taking the operators from a table of six in
;; strict rotation.
;;
;; Why it matters: more targets than the default `polymorphism-limit` of four. The site turns megamorphic, nothing is
;; inlined, and every configuration has to make real calls. An engine that is slower here with speculation than
;; without pays for speculating in vain; raising the limit to six or more shows what the default gives away.
(module
  (type $step (func (param i32 i32) (result i32)))

  (table (export "table") 6 6 funcref)
  (elem (i32.const 0) $add $sub $xor $scale $rotate $mix)

  (func $add (type $step) (param $acc i32) (param $x i32) (result i32)
    (i32.add (local.get $acc) (local.get $x)))

  (func $sub (type $step) (param $acc i32) (param $x i32) (result i32)
    (i32.sub (local.get $acc) (i32.const 17)))

  (func $xor (type $step) (param $acc i32) (param $x i32) (result i32)
    (i32.xor (local.get $acc) (local.get $x)))

  (func $scale (type $step) (param $acc i32) (param $x i32) (result i32)
    (i32.mul (local.get $acc) (i32.const 5)))

  (func $rotate (type $step) (param $acc i32) (param $x i32) (result i32)
    (i32.rotl (local.get $acc) (i32.const 7)))

  (func $mix (type $step) (param $acc i32) (param $x i32) (result i32)
    (i32.sub (i32.shl (local.get $acc) (i32.const 3)) (local.get $x)))

  (func $main (export "main") (param $iterations i32) (result i32)
    (local $i i32)
    (local $acc i32)
    (block $done
      (loop $next
        (br_if $done (i32.eq (local.get $i) (local.get $iterations)))
        (local.set $acc
          (call_indirect (type $step)
            (local.get $acc)
            (local.get $i)
            (i32.rem_u (local.get $i) (i32.const 6))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $next)))
    (local.get $acc)))
