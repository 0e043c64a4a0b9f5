;; test: ir function=f passes=gvn
;;
;; What was computed in a dominating block is not computed again; both arms compute the division, since neither dominates the other.
(module
  (func $f (param $x i32) (param $y i32) (result i32)
    (i32.add
      (i32.mul (local.get $x) (local.get $y))
      (if (result i32) (local.get $x)
        (then (i32.div_u (i32.mul (local.get $y) (local.get $x)) (local.get $y)))
        (else (i32.div_u (i32.mul (local.get $x) (local.get $y)) (local.get $y)))))))

;;> == ir function=f passes=gvn
;;> before
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i32 = argument #1
;;>   v2: i32 = i32.mul v0, v1
;;>   branch v0, b1, b2
;;> b1:
;;>   v3: i32 = i32.mul v1, v0
;;>   v4: i32 = i32.div_u v3, v1
;;>   jump b3(v4)
;;> b2:
;;>   v5: i32 = i32.mul v0, v1
;;>   v6: i32 = i32.div_u v5, v1
;;>   jump b3(v6)
;;> b3(v7: i32):
;;>   v8: i32 = i32.add v2, v7
;;>   return v8
;;> after
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i32 = argument #1
;;>   v2: i32 = i32.mul v0, v1
;;>   branch v0, b1, b2
;;> b1:
;;>   v3: i32 = i32.div_u v2, v1
;;>   jump b3(v3)
;;> b2:
;;>   v4: i32 = i32.div_u v2, v1
;;>   jump b3(v4)
;;> b3(v5: i32):
;;>   v6: i32 = i32.add v2, v5
;;>   return v6
