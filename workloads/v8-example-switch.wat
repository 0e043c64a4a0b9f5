;; The published example with a table entry that changes half-way
;;
;; What it does: the same loop as in v8-example.wat, entered twice. Between the two halves the entry that the loop
;; calls is replaced: `x + 37` in the first half, `x + 38` in the second. At the start of `main` it is put back, so
;; that every call of `main` gives the same result.
;;
;; Why it matters: this is the smallest program whose speculation fails. Code that was optimized for the first
;; function meets the second one in the middle of the loop and has to leave for baseline code; once both targets are
;; in the feedback, the site is polymorphic and the optimized code checks for either. The steady state therefore pays
;; for one check more than v8-example.wat, and a fresh instance pays for one deopt.
(module
  (type $unary (func (param i32) (result i32)))

  (table $table (export "table") 2 funcref)
  (elem (i32.const 0) $unused $add37)
  (elem declare func $add37 $add38)

  (func $unused (type $unary)
    unreachable)

  (func $add37 (type $unary) (param $x i32) (result i32)
    (i32.add (local.get $x) (i32.const 37)))

  (func $add38 (type $unary) (param $x i32) (result i32)
    (i32.add (local.get $x) (i32.const 38)))

  (func $example (param $iterations i32) (result i32)
    (local $sum i32)
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $iterations)))
        (local.set $iterations (i32.sub (local.get $iterations) (i32.const 1)))
        (local.set $sum
          (i32.add
            (call_indirect (type $unary) (i32.const 7) (i32.const 1))
            (local.get $sum)))
        (br $next)))
    (local.get $sum))

  (func $main (export "main") (param $iterations i32) (result i32)
    (local $half i32)
    (local $sum i32)
    (local.set $half (i32.shr_u (local.get $iterations) (i32.const 1)))

    (table.set $table (i32.const 1) (ref.func $add37))
    (local.set $sum (call $example (local.get $half)))

    (table.set $table (i32.const 1) (ref.func $add38))
    (i32.add
      (local.get $sum)
      (call $example (i32.sub (local.get $iterations) (local.get $half))))))
