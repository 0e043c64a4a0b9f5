;; Recursion through a table
;;
;; What it does: the naive Fibonacci recursion, where the function calls itself through the table.
;;
;; Why it matters: the site is monomorphic and the target is the caller. Inlining a function into itself unrolls the
;; recursion by as many levels as the budget allows, which saves prologues and stack checks; the question is where to
;; stop.
(module
  (type $unary (func (param i32) (result i32)))

  (table (export "table") 1 1 funcref)
  (elem (i32.const 0) $fib)

  (func $fib (type $unary) (param $n i32) (result i32)
    (if (result i32) (i32.lt_u (local.get $n) (i32.const 2))
      (then (local.get $n))
      (else
        (i32.add
          (call_indirect (type $unary) (i32.sub (local.get $n) (i32.const 1)) (i32.const 0))
          (call_indirect (type $unary) (i32.sub (local.get $n) (i32.const 2)) (i32.const 0))))))

  (func $main (export "main") (param $n i32) (result i32)
    (call $fib (local.get $n))))
