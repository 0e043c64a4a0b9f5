;; Blocks, loops, branches with values, branch tables and multiple results.

(module
  (func (export "classify") (param $n i32) (result i32)
    (block $other
      (block $two
        (block $one
          (block $zero (br_table $zero $one $two $other (local.get $n)))
          (return (i32.const 100)))
        (return (i32.const 101)))
      (return (i32.const 102)))
    (i32.const 999))

  (func (export "table-with-value") (param $n i32) (result i32)
    (i32.add
      (i32.const 1)
      (block $outer (result i32)
        (i32.mul
          (i32.const 10)
          (block $inner (result i32) (br_table $inner $outer (i32.const 7) (local.get $n)))))))

  (func (export "collatz") (param $n i64) (result i32)
    (local $steps i32)
    loop $again
      local.get $n
      i64.const 1
      i64.ne
      if $not-one
        local.get $n
        i64.const 1
        i64.and
        i64.eqz
        if (result i64)
          (i64.shr_u (local.get $n) (i64.const 1))
        else
          (i64.add (i64.mul (local.get $n) (i64.const 3)) (i64.const 1))
        end
        local.set $n
        (local.set $steps (i32.add (local.get $steps) (i32.const 1)))
        br $again
      end $not-one
    end $again
    local.get $steps)

  (func $swap (param i32 f64) (result f64 i32) (local.get 1) (local.get 0))
  (func (export "swap") (param i32 f64) (result f64 i32) (call $swap (local.get 0) (local.get 1)))

  ;; The loop's parameters are the counter and the product so far.
  (func (export "factorial") (param $n i32) (result i64)
    (local $i i32) (local $product i64)
    (i32.const 0)
    (i64.const 1)
    (loop $next (param i32 i64) (result i64)
      (local.set $product)
      (local.set $i (i32.add (i32.const 1)))
      (local.set $product (i64.mul (local.get $product) (i64.extend_i32_u (local.get $i))))
      (local.get $i)
      (local.get $product)
      (br_if $next (i32.lt_u (local.get $i) (local.get $n)))
      (local.set $product)
      (drop)
      (local.get $product)))

  (func (export "dead") (result i32)
    (return (i32.const 3))
    (drop (i32.add))
    (unreachable))

  (func (export "unreachable") (unreachable))
  (func (export "nested-select") (param i32 i32) (result i32)
    (select
      (select (i32.const 1) (i32.const 2) (local.get 0))
      (select (i32.const 3) (i32.const 4) (local.get 0))
      (local.get 1)))
)

(assert_return (invoke "classify" (i32.const 0)) (i32.const 100))
(assert_return (invoke "classify" (i32.const 1)) (i32.const 101))
(assert_return (invoke "classify" (i32.const 2)) (i32.const 102))
(assert_return (invoke "classify" (i32.const 3)) (i32.const 999))
(assert_return (invoke "classify" (i32.const -1)) (i32.const 999))
(assert_return (invoke "table-with-value" (i32.const 0)) (i32.const 71))
(assert_return (invoke "table-with-value" (i32.const 1)) (i32.const 8))
(assert_return (invoke "table-with-value" (i32.const 9)) (i32.const 8))
(assert_return (invoke "collatz" (i64.const 27)) (i32.const 111))
(assert_return (invoke "collatz" (i64.const 1)) (i32.const 0))
(assert_return (invoke "swap" (i32.const 4) (f64.const -0.5)) (f64.const -0.5) (i32.const 4))
(assert_return (invoke "factorial" (i32.const 20)) (i64.const 2432902008176640000))
(assert_return (invoke "factorial" (i32.const 1)) (i64.const 1))
(assert_return (invoke "dead") (i32.const 3))
(assert_trap (invoke "unreachable") "unreachable")
(assert_return (invoke "nested-select" (i32.const 0) (i32.const 0)) (i32.const 4))
(assert_return (invoke "nested-select" (i32.const 1) (i32.const 0)) (i32.const 3))
(assert_return (invoke "nested-select" (i32.const 0) (i32.const 1)) (i32.const 2))
(assert_return (invoke "nested-select" (i32.const 1) (i32.const 1)) (i32.const 1))
