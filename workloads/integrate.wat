;; Float arithmetic through a table
;;
;; What it does: integrates a function over [0, 4] by the midpoint rule with `steps` steps. The integrand is chosen by
;; its table index: 0 is the polynomial x(x(x - 3) + 2) + 1, 1 is 1 / (1 + x * x).
;;
;; Why it matters: arguments and results travel in floating-point registers, all of which a call destroys; inlining
;; keeps the loop's sum and position in registers. The index is a parameter of the loop's function, so that the check
;; is invariant although the target is unknown to the compiler.
(module
  (type $integrand (func (param f64) (result f64)))

  (table (export "table") 2 2 funcref)
  (elem (i32.const 0) $polynomial $witch)

  (func $polynomial (type $integrand) (param $x f64) (result f64)
    (f64.add
      (f64.mul
        (local.get $x)
        (f64.add
          (f64.mul (local.get $x) (f64.sub (local.get $x) (f64.const 3)))
          (f64.const 2)))
      (f64.const 1)))

  (func $witch (type $integrand) (param $x f64) (result f64)
    (f64.div
      (f64.const 1)
      (f64.add (f64.const 1) (f64.mul (local.get $x) (local.get $x)))))

  (func $main (export "main") (param $integrand i32) (param $steps i32) (result f64)
    (local $i i32)
    (local $width f64)
    (local $sum f64)
    (local.set $width (f64.div (f64.const 4) (f64.convert_i32_u (local.get $steps))))
    (block $done
      (loop $next
        (br_if $done (i32.eq (local.get $i) (local.get $steps)))
        (local.set $sum
          (f64.add
            (local.get $sum)
            (call_indirect (type $integrand)
              (f64.mul
                (f64.add (f64.convert_i32_u (local.get $i)) (f64.const 0.5))
                (local.get $width))
              (local.get $integrand))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $next)))
    (f64.mul (local.get $sum) (local.get $width))))
