;; Two targets in turn
;;
;; What it does: folds the numbers below `iterations` into an accumulator, taking the operators from a table of two in
;; strict rotation.
;;
;; Why it matters: the smallest polymorphic site. Inlining both targets replaces a call by two compares; which of the
;; two comes first is decided by the call counts, here equal. Without deopts a generic call stays behind them as a
;; third way out of the chain.
(module
  (type $step (func (param i32 i32) (result i32)))

  (table (export "table") 2 2 funcref)
  (elem (i32.const 0) $add $sub)

  (func $add (type $step) (param $acc i32) (param $x i32) (result i32)
    (i32.add (local.get $acc) (local.get $x)))

  (func $sub (type $step) (param $acc i32) (param $x i32) (result i32)
    (i32.sub (local.get $acc) (i32.const 17)))

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
            (i32.and (local.get $i) (i32.const 1))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $next)))
    (local.get $acc)))
