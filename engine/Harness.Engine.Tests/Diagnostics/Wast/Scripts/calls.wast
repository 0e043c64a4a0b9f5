;; Direct, indirect, reference and mutually recursive calls, often enough for feedback, inlining and deopts to happen.

(module
  (type $unary (func (param i32) (result i32)))
  (table $t 4 funcref)
  (elem (i32.const 0) $increment $double $negate $square)

  (func $increment (type $unary) (i32.add (local.get 0) (i32.const 1)))
  (func $double (type $unary) (i32.shl (local.get 0) (i32.const 1)))
  (func $negate (type $unary) (i32.sub (i32.const 0) (local.get 0)))
  (func $square (type $unary) (i32.mul (local.get 0) (local.get 0)))
  (func $wrong-type (param i64) (result i32) (i32.wrap_i64 (local.get 0)))

  ;; Applies the function at index (i mod targets) to i, for i below n, and sums up the results.
  (func (export "sum") (param $n i32) (param $targets i32) (result i32)
    (local $i i32) (local $sum i32)
    (loop $again
      (if (i32.lt_u (local.get $i) (local.get $n))
        (then
          (local.set $sum
            (i32.add
              (local.get $sum)
              (call_indirect $t (type $unary) (local.get $i) (i32.rem_u (local.get $i) (local.get $targets)))))
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br $again))))
    (local.get $sum))

  (func $apply (param $f (ref null $unary)) (param $x i32) (result i32)
    (call_ref $unary (local.get $x) (local.get $f)))

  (elem declare func $increment $double)

  (func (export "apply-refs") (param $n i32) (result i32)
    (local $i i32) (local $x i32)
    (block $done
      (loop $again
        (br_if $done (i32.ge_u (local.get $i) (local.get $n)))
        (local.set $x
          (call $apply
            (select (result (ref null $unary))
              (ref.func $increment) (ref.func $double) (i32.lt_u (local.get $i) (i32.const 40)))
            (local.get $x)))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $again)))
    (local.get $x))

  (func (export "apply-null") (result i32) (call $apply (ref.null $unary) (i32.const 1)))
  (func (export "call-at") (param i32) (result i32) (call_indirect $t (type $unary) (i32.const 5) (local.get 0)))
  (func (export "set-null") (param i32) (table.set $t (local.get 0) (ref.null func)))
  (func (export "set-wrong") (param i32) (table.set $t (local.get 0) (ref.func $wrong-type)))
  (elem declare func $wrong-type)

  (func $even (export "even") (param $n i32) (result i32)
    (if (result i32) (i32.eqz (local.get $n))
      (then (i32.const 1))
      (else (call $odd (i32.sub (local.get $n) (i32.const 1))))))
  (func $odd (param $n i32) (result i32)
    (if (result i32) (i32.eqz (local.get $n))
      (then (i32.const 0))
      (else (call $even (i32.sub (local.get $n) (i32.const 1))))))

  (func $fibonacci (export "fibonacci") (param $n i64) (result i64)
    (if (result i64) (i64.lt_u (local.get $n) (i64.const 2))
      (then (local.get $n))
      (else
        (i64.add
          (call $fibonacci (i64.sub (local.get $n) (i64.const 1)))
          (call $fibonacci (i64.sub (local.get $n) (i64.const 2)))))))

  (func $endless (export "endless") (call $endless))

  ;; Many parameters of all types, so that some travel on the stack.
  (func $many
    (param i32 i64 f32 f64 i32 i64 f32 f64 i32 i64 f32 f64 i32 i64 f32 f64 i32 i64 i32 i64)
    (result i64 f64)
    (i64.add
      (i64.add (i64.extend_i32_u (local.get 0)) (local.get 1))
      (i64.add
        (i64.add (i64.extend_i32_u (i32.add (local.get 4) (local.get 8))) (i64.add (local.get 5) (local.get 9)))
        (i64.add
          (i64.extend_i32_u (i32.add (local.get 12) (i32.add (local.get 16) (local.get 18))))
          (i64.add (local.get 13) (i64.add (local.get 17) (local.get 19))))))
    (f64.add
      (f64.add (f64.promote_f32 (f32.add (local.get 2) (local.get 6))) (f64.add (local.get 3) (local.get 7)))
      (f64.add (f64.promote_f32 (f32.add (local.get 10) (local.get 14))) (f64.add (local.get 11) (local.get 15)))))

  (func (export "many") (result i64 f64)
    (call $many
      (i32.const 1) (i64.const 2) (f32.const 0.5) (f64.const 0.25)
      (i32.const 3) (i64.const 4) (f32.const 1.5) (f64.const 1.25)
      (i32.const 5) (i64.const 6) (f32.const 2.5) (f64.const 2.25)
      (i32.const 7) (i64.const 8) (f32.const 3.5) (f64.const 3.25)
      (i32.const 9) (i64.const 10) (i32.const 11) (i64.const 12)))
)

(assert_return (invoke "sum" (i32.const 100) (i32.const 1)) (i32.const 5050))
(assert_return (invoke "sum" (i32.const 100) (i32.const 2)) (i32.const 7500))
(assert_return (invoke "sum" (i32.const 100) (i32.const 3)) (i32.const 3301))
(assert_return (invoke "sum" (i32.const 100) (i32.const 4)) (i32.const 88250))
(assert_return (invoke "sum" (i32.const 100) (i32.const 1)) (i32.const 5050))
(assert_return (invoke "apply-refs" (i32.const 30)) (i32.const 30))
(assert_return (invoke "apply-refs" (i32.const 44)) (i32.const 640))
(assert_trap (invoke "apply-null") "null function reference")
(assert_return (invoke "call-at" (i32.const 3)) (i32.const 25))
(assert_trap (invoke "call-at" (i32.const 4)) "undefined element")
(assert_trap (invoke "call-at" (i32.const -1)) "undefined element")
(invoke "set-null" (i32.const 1))
(assert_trap (invoke "call-at" (i32.const 1)) "uninitialized element")
(assert_trap (invoke "sum" (i32.const 100) (i32.const 2)) "uninitialized element")
(invoke "set-wrong" (i32.const 1))
(assert_trap (invoke "call-at" (i32.const 1)) "indirect call type mismatch")
(assert_return (invoke "even" (i32.const 101)) (i32.const 0))
(assert_return (invoke "even" (i32.const 100)) (i32.const 1))
(assert_return (invoke "fibonacci" (i64.const 20)) (i64.const 6765))
(assert_exhaustion (invoke "endless") "call stack exhausted")
(assert_return (invoke "even" (i32.const 10)) (i32.const 1))
(assert_return (invoke "many") (i64.const 78) (f64.const 15))
