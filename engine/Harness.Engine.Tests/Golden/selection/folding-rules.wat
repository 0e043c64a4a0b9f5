;; rules: ir after=end
;;
;; Rules of algebra: each function is the graph that is left when all passes have run.
(module
  (func $effect (import "" "effect") (result i32))
  ;; rule: x + 0 = x
  (func $add-0 (param $x i32) (result i32) (i32.add (local.get $x) (i32.const 0)))
  ;; rule: x * 1 = x
  (func $mul-1 (param $x i64) (result i64) (i64.mul (local.get $x) (i64.const 1)))
  ;; rule: x * 0 = 0
  (func $mul-0 (param $x i32) (result i32) (i32.mul (local.get $x) (i32.const 0)))
  ;; rule: x * 0 keeps the call that makes x
  (func $mul-0-call (result i32) (i32.mul (call $effect) (i32.const 0)))
  ;; rule: x & 0 = 0
  (func $and-0 (param $x i32) (result i32) (i32.and (local.get $x) (i32.const 0)))
  ;; rule: x & -1 = x
  (func $and-all (param $x i64) (result i64) (i64.and (local.get $x) (i64.const -1)))
  ;; rule: x | 0 = x
  (func $or-0 (param $x i32) (result i32) (i32.or (local.get $x) (i32.const 0)))
  ;; rule: x | -1 = -1
  (func $or-all (param $x i32) (result i32) (i32.or (local.get $x) (i32.const -1)))
  ;; rule: x ^ x = 0
  (func $xor-self (param $x i32) (result i32) (i32.xor (local.get $x) (local.get $x)))
  ;; rule: x - x = 0
  (func $sub-self (param $x i64) (result i64) (i64.sub (local.get $x) (local.get $x)))
  ;; rule: x & x = x
  (func $and-self (param $x i32) (result i32) (i32.and (local.get $x) (local.get $x)))
  ;; rule: x = x holds
  (func $eq-self (param $x i32) (result i32) (i32.eq (local.get $x) (local.get $x)))
  ;; rule: x = x of floats does not hold for NaN
  (func $eq-self-float (param $x f64) (result i32) (f64.eq (local.get $x) (local.get $x)))
  ;; rule: x + 0.0 is not x, which may be -0.0
  (func $add-0-float (param $x f64) (result f64) (f64.add (local.get $x) (f64.const 0)))
  ;; rule: x * 1.0 is computed, since x may be a signaling NaN
  (func $mul-1-float (param $x f64) (result f64) (f64.mul (local.get $x) (f64.const 1)))
  ;; rule: floats that are constant are computed
  (func $float-constants (result f64) (f64.div (f64.sqrt (f64.const 2)) (f64.const 4)))
  ;; rule: (x + a) + b = x + (a + b)
  (func $add-add (param $x i32) (result i32) (i32.add (i32.add (local.get $x) (i32.const 3)) (i32.const 4)))
  ;; rule: (x - a) + b is one addition
  (func $sub-add (param $x i32) (result i32) (i32.add (i32.sub (local.get $x) (i32.const 10)) (i32.const 4)))
  ;; rule: (x & a) & b = x & (a & b)
  (func $and-and (param $x i32) (result i32) (i32.and (i32.and (local.get $x) (i32.const 0xff0)) (i32.const 0x0ff)))
  ;; rule: shifts by constants gather
  (func $shl-shl (param $x i32) (result i32) (i32.shl (i32.shl (local.get $x) (i32.const 3)) (i32.const 4)))
  ;; rule: wrap of an extension is the operand
  (func $wrap-extend (param $x i32) (result i32) (i32.wrap_i64 (i64.extend_i32_s (local.get $x))))
  ;; rule: what is wrapped is added as it is written
  (func $wrap-add (param $x i32) (param $y i32) (result i32)
    (i32.wrap_i64 (i64.add (i64.extend_i32_u (local.get $x)) (i64.extend_i32_u (local.get $y)))))
  ;; rule: an extension of what is not negative
  (func $extend-masked (param $x i32) (result i64) (i64.extend_i32_s (i32.and (local.get $x) (i32.const 0x7f))))
  ;; rule: x < 0 unsigned never holds
  (func $below-0 (param $x i32) (result i32) (i32.lt_u (local.get $x) (i32.const 0)))
  ;; rule: x >= 0 unsigned always holds
  (func $at-least-0 (param $x i64) (result i32) (i64.ge_u (local.get $x) (i64.const 0)))
  ;; rule: a condition that is not zero is the condition
  (func $ne-0 (param $x i32) (param $y i32) (result i32) (i32.ne (i32.lt_s (local.get $x) (local.get $y)) (i32.const 0)))
  ;; rule: eqz of an ordering is the opposite one
  (func $negated (param $x i32) (param $y i32) (result i32) (i32.eqz (i32.le_u (local.get $x) (local.get $y))))
  ;; rule: eqz of an ordering of floats is not the opposite one
  (func $negated-float (param $x f64) (param $y f64) (result i32) (i32.eqz (f64.le (local.get $x) (local.get $y))))
  ;; rule: a selection between equal values is the value
  (func $select-same (param $x i32) (param $c i32) (result i32) (select (local.get $x) (local.get $x) (local.get $c)))
  ;; rule: a selection by a constant is decided
  (func $select-known (param $x i32) (param $y i32) (result i32) (select (local.get $x) (local.get $y) (i32.const 0)))
  ;; rule: a selection by eqz is the selection with its sides exchanged
  (func $select-eqz (param $x i32) (param $y i32) (param $c i32) (result i32)
    (select (local.get $x) (local.get $y) (i32.eqz (local.get $c))))
  ;; rule: a division that traps for a constant stays
  (func $div-0 (param $x i32) (result i32) (i32.div_u (i32.const 1) (i32.const 0)))
  ;; rule: a division that nobody needs stays if it may trap
  (func $div-unused (param $x i32) (param $y i32) (drop (i32.div_u (local.get $x) (local.get $y))))
  ;; rule: a division by a constant that nobody needs goes
  (func $div-constant-unused (param $x i32) (drop (i32.div_u (local.get $x) (i32.const 3))))
  ;; rule: -(-x) = x
  (func $neg-neg (param $x f64) (result f64) (f64.neg (f64.neg (local.get $x))))
  ;; rule: bits to a float and back are the bits
  (func $reinterpret (param $x i64) (result i64) (i64.reinterpret_f64 (f64.reinterpret_i64 (local.get $x))))
  ;; rule: equal operations are made once, their operands in either order
  (func $commuted (param $x i32) (param $y i32) (result i32)
    (i32.xor (i32.mul (local.get $x) (local.get $y)) (i32.shl (i32.mul (local.get $y) (local.get $x)) (i32.const 1))))
  ;; rule: operations whose order matters are not equal with operands exchanged
  (func $not-commuted (param $x i32) (param $y i32) (result i32)
    (i32.xor (i32.sub (local.get $x) (local.get $y)) (i32.sub (local.get $y) (local.get $x)))))

;;> == add-0: x + 0 = x
;;> at the end
;;> b0:
;;>   v0: i32 = argument #0
;;>   return v0

;;> == mul-1: x * 1 = x
;;> at the end
;;> b0:
;;>   v0: i64 = argument #0
;;>   return v0

;;> == mul-0: x * 0 = 0
;;> at the end
;;> b0:
;;>   v0: i32 = i32.const 0
;;>   v1: i32 = argument #0
;;>   return v0

;;> == mul-0-call: x * 0 keeps the call that makes x
;;> at the end
;;> b0:
;;>   v0: i32 = i32.const 0
;;>   v1: i32 = call @effect
;;>   return v0

;;> == and-0: x & 0 = 0
;;> at the end
;;> b0:
;;>   v0: i32 = i32.const 0
;;>   v1: i32 = argument #0
;;>   return v0

;;> == and-all: x & -1 = x
;;> at the end
;;> b0:
;;>   v0: i64 = argument #0
;;>   return v0

;;> == or-0: x | 0 = x
;;> at the end
;;> b0:
;;>   v0: i32 = argument #0
;;>   return v0

;;> == or-all: x | -1 = -1
;;> at the end
;;> b0:
;;>   v0: i32 = i32.const -1
;;>   v1: i32 = argument #0
;;>   return v0

;;> == xor-self: x ^ x = 0
;;> at the end
;;> b0:
;;>   v0: i32 = i32.const 0
;;>   v1: i32 = argument #0
;;>   return v0

;;> == sub-self: x - x = 0
;;> at the end
;;> b0:
;;>   v0: i64 = i64.const 0
;;>   v1: i64 = argument #0
;;>   return v0

;;> == and-self: x & x = x
;;> at the end
;;> b0:
;;>   v0: i32 = argument #0
;;>   return v0

;;> == eq-self: x = x holds
;;> at the end
;;> b0:
;;>   v0: i32 = i32.const 1
;;>   v1: i32 = argument #0
;;>   return v0

;;> == eq-self-float: x = x of floats does not hold for NaN
;;> at the end
;;> b0:
;;>   v0: f64 = argument #0
;;>   v1: i32 = f64.eq v0, v0
;;>   return v1

;;> == add-0-float: x + 0.0 is not x, which may be -0.0
;;> at the end
;;> b0:
;;>   v0: f64 = argument #0
;;>   v1: f64 = f64.const 0
;;>   v2: f64 = f64.add v0, v1
;;>   return v2

;;> == mul-1-float: x * 1.0 is computed, since x may be a signaling NaN
;;> at the end
;;> b0:
;;>   v0: f64 = argument #0
;;>   v1: f64 = f64.const 1
;;>   v2: f64 = f64.mul v0, v1
;;>   return v2

;;> == float-constants: floats that are constant are computed
;;> at the end
;;> b0:
;;>   v0: f64 = f64.const 0.3535533905932738
;;>   return v0

;;> == add-add: (x + a) + b = x + (a + b)
;;> at the end
;;> b0:
;;>   v0: i32 = i32.const 7
;;>   v1: i32 = argument #0
;;>   v2: i32 = i32.add v1, v0
;;>   return v2

;;> == sub-add: (x - a) + b is one addition
;;> at the end
;;> b0:
;;>   v0: i32 = i32.const -6
;;>   v1: i32 = argument #0
;;>   v2: i32 = i32.add v1, v0
;;>   return v2

;;> == and-and: (x & a) & b = x & (a & b)
;;> at the end
;;> b0:
;;>   v0: i32 = i32.const 240
;;>   v1: i32 = argument #0
;;>   v2: i32 = i32.and v1, v0
;;>   return v2

;;> == shl-shl: shifts by constants gather
;;> at the end
;;> b0:
;;>   v0: i32 = i32.const 7
;;>   v1: i32 = argument #0
;;>   v2: i32 = i32.shl v1, v0
;;>   return v2

;;> == wrap-extend: wrap of an extension is the operand
;;> at the end
;;> b0:
;;>   v0: i32 = argument #0
;;>   return v0

;;> == wrap-add: what is wrapped is added as it is written
;;> at the end
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i32 = argument #1
;;>   v2: i64 = i64.extend_i32_u v0
;;>   v3: i64 = i64.extend_i32_u v1
;;>   v4: i64 = i64.add v2, v3
;;>   v5: i32 = i32.wrap_i64 v4
;;>   return v5

;;> == extend-masked: an extension of what is not negative
;;> at the end
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i32 = i32.const 127
;;>   v2: i32 = i32.and v0, v1
;;>   v3: i64 = i64.extend_i32_s v2
;;>   return v3

;;> == below-0: x < 0 unsigned never holds
;;> at the end
;;> b0:
;;>   v0: i32 = i32.const 0
;;>   v1: i32 = argument #0
;;>   return v0

;;> == at-least-0: x >= 0 unsigned always holds
;;> at the end
;;> b0:
;;>   v0: i32 = i32.const 1
;;>   v1: i64 = argument #0
;;>   return v0

;;> == ne-0: a condition that is not zero is the condition
;;> at the end
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i32 = argument #1
;;>   v2: i32 = i32.lt_s v0, v1
;;>   return v2

;;> == negated: eqz of an ordering is the opposite one
;;> at the end
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i32 = argument #1
;;>   v2: i32 = i32.gt_u v0, v1
;;>   return v2

;;> == negated-float: eqz of an ordering of floats is not the opposite one
;;> at the end
;;> b0:
;;>   v0: f64 = argument #0
;;>   v1: f64 = argument #1
;;>   v2: i32 = f64.le v0, v1
;;>   v3: i32 = i32.eqz v2
;;>   return v3

;;> == select-same: a selection between equal values is the value
;;> at the end
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i32 = argument #1
;;>   return v0

;;> == select-known: a selection by a constant is decided
;;> at the end
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i32 = argument #1
;;>   return v1

;;> == select-eqz: a selection by eqz is the selection with its sides exchanged
;;> at the end
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i32 = argument #1
;;>   v2: i32 = argument #2
;;>   v3: i32 = select v1, v0, v2
;;>   return v3

;;> == div-0: a division that traps for a constant stays
;;> at the end
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i32 = i32.const 1
;;>   v2: i32 = i32.const 0
;;>   v3: i32 = i32.div_u v1, v2
;;>   return v3

;;> == div-unused: a division that nobody needs stays if it may trap
;;> at the end
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i32 = argument #1
;;>   v2: i32 = i32.div_u v0, v1
;;>   return

;;> == div-constant-unused: a division by a constant that nobody needs goes
;;> at the end
;;> b0:
;;>   v0: i32 = argument #0
;;>   return

;;> == neg-neg: -(-x) = x
;;> at the end
;;> b0:
;;>   v0: f64 = argument #0
;;>   return v0

;;> == reinterpret: bits to a float and back are the bits
;;> at the end
;;> b0:
;;>   v0: i64 = argument #0
;;>   return v0

;;> == commuted: equal operations are made once, their operands in either order
;;> at the end
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i32 = argument #1
;;>   v2: i32 = i32.mul v0, v1
;;>   v3: i32 = i32.const 1
;;>   v4: i32 = i32.shl v2, v3
;;>   v5: i32 = i32.xor v2, v4
;;>   return v5

;;> == not-commuted: operations whose order matters are not equal with operands exchanged
;;> at the end
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i32 = argument #1
;;>   v2: i32 = i32.sub v0, v1
;;>   v3: i32 = i32.sub v1, v0
;;>   v4: i32 = i32.xor v2, v3
;;>   return v4
