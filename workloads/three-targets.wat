;; Three targets in turn
;;
;; What it does: folds the numbers below `iterations` into an accumulator, taking the operators from a table of three
;; in strict rotation.
;;
;; Why it matters: one more step of the chain of checks than two-targets.wat. The third target pays for three
;; compares, which is still far less than a call through the table.
(module
  (type $step (func (param i32 i32) (result i32)))

  (table (export "table") 3 3 funcref)
  (elem (i32.const 0) $add $sub $xor)

  (func $add (type $step) (param $acc i32) (param $x i32) (result i32)
    (i32.add (local.get $acc) (local.get $x)))

  (func $sub (type $step) (param $acc i32) (param $x i32) (result i32)
    (i32.sub (local.get $acc) (i32.const 17)))

  (func $xor (type $step) (param $acc i32) (param $x i32) (result i32)
    (i32.xor (local.get $acc) (local.get $x)))

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
            (i32.rem_u (local.get $i) (i32.const 3))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $next)))
    (local.get $acc)))
