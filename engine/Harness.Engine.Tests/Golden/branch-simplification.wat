;; test: ir function=f passes=branch-simplification
;;
;; A branch on a constant, an empty block, a parameter that all edges give the same value, and a negated condition go.
(module
  (func $f (param $x i32) (param $y i32) (result i32)
    (local.set $y (if (result i32) (local.get $x) (then (local.get $y)) (else (local.get $y))))
    (block $out
      (br_if $out (i32.eqz (local.get $x)))
      (if (i32.const 0) (then (local.set $y (i32.const 9))))
      (local.set $y (i32.add (local.get $y) (i32.const 1))))
    (local.get $y)))

;;> == ir function=f passes=branch-simplification
;;> before
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i32 = argument #1
;;>   v2: i32 = i32.const 0
;;>   v3: i32 = i32.const 9
;;>   v4: i32 = i32.const 1
;;>   branch v0, b1, b2
;;> b1:
;;>   jump b3
;;> b2:
;;>   jump b3
;;> b3:
;;>   v5: i32 = i32.eqz v0
;;>   branch v5, b8(v1), b4
;;> b4:
;;>   branch v2, b5, b6
;;> b5:
;;>   jump b7(v3)
;;> b6:
;;>   jump b7(v1)
;;> b7(v6: i32):
;;>   v7: i32 = i32.add v6, v4
;;>   jump b8(v7)
;;> b8(v8: i32):
;;>   return v8
;;> after
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i32 = argument #1
;;>   v2: i32 = i32.const 0
;;>   v3: i32 = i32.const 9
;;>   v4: i32 = i32.const 1
;;>   v5: i32 = i32.eqz v0
;;>   branch v0, b1, b2(v1)
;;> b1:
;;>   v6: i32 = i32.add v1, v4
;;>   jump b2(v6)
;;> b2(v7: i32):
;;>   return v7
