;; Four targets, one of them nearly always
;;
;; What it does: like four-targets.wat, but a linear congruential generator picks the operator: 61 of 64 calls go to
;; the first one, the other three share the rest.
;;
;; Why it matters: real polymorphic sites are rarely balanced. The counts in the feedback say which target to test
;; first, and whether the rare ones are worth inlining at all; the machine's branch predictor cannot know when the
;; rare ones come.
(module
  (type $step (func (param i32 i32) (result i32)))

  (table (export "table") 4 4 funcref)
  (elem (i32.const 0) $add $sub $xor $scale)

  (func $add (type $step) (param $acc i32) (param $x i32) (result i32)
    (i32.add (local.get $acc) (local.get $x)))

  (func $sub (type $step) (param $acc i32) (param $x i32) (result i32)
    (i32.sub (local.get $acc) (i32.const 17)))

  (func $xor (type $step) (param $acc i32) (param $x i32) (result i32)
    (i32.xor (local.get $acc) (local.get $x)))

  (func $scale (type $step) (param $acc i32) (param $x i32) (result i32)
    (i32.mul (local.get $acc) (i32.const 5)))

  (func $main (export "main") (param $iterations i32) (result i32)
    (local $acc i32)
    (local $seed i32)
    (local $draw i32)
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $iterations)))
        (local.set $seed
          (i32.add
            (i32.mul (local.get $seed) (i32.const 1664525))
            (i32.const 1013904223)))
        ;; The upper six bits, 0..63: 0 for draws below 61, else 1, 2 or 3.
        (local.set $draw (i32.shr_u (local.get $seed) (i32.const 26)))
        (local.set $acc
          (call_indirect (type $step)
            (local.get $acc)
            (local.get $seed)
            (select
              (i32.const 0)
              (i32.sub (local.get $draw) (i32.const 60))
              (i32.lt_u (local.get $draw) (i32.const 61)))))
        (local.set $iterations (i32.sub (local.get $iterations) (i32.const 1)))
        (br $next)))
    (local.get $acc)))
