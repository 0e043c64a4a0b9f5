;; Three indirect calls inside each other
;;
;; What it does: the loop calls `outer` through the table, which calls `middle` through it, which calls `inner`. Every
;; site has one target.
;;
;; Why it matters: the whole chain disappears only if inlining goes on inside what was inlined. A guard of the
;; innermost level that fails has to rebuild four frames, one per level; and without deopts each level's slow path is
;; a real call that may do anything to the table.
(module
  (type $unary (func (param i32) (result i32)))

  (table (export "table") 3 3 funcref)
  (elem (i32.const 0) $outer $middle $inner)

  (func $outer (type $unary) (param $x i32) (result i32)
    (i32.add
      (call_indirect (type $unary) (i32.mul (local.get $x) (i32.const 3)) (i32.const 1))
      (i32.const 1)))

  (func $middle (type $unary) (param $x i32) (result i32)
    (i32.xor
      (call_indirect (type $unary) (i32.add (local.get $x) (i32.const 5)) (i32.const 2))
      (local.get $x)))

  (func $inner (type $unary) (param $x i32) (result i32)
    (i32.add (local.get $x) (i32.const 37)))

  (func $main (export "main") (param $iterations i32) (result i32)
    (local $sum i32)
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $iterations)))
        (local.set $sum
          (i32.add
            (local.get $sum)
            (call_indirect (type $unary) (local.get $iterations) (i32.const 0))))
        (local.set $iterations (i32.sub (local.get $iterations) (i32.const 1)))
        (br $next)))
    (local.get $sum)))
