;; test: ir function=f passes=fold,dce
;;
;; Constants are computed, additions of constants gather, a multiplication by a power of two is a shift, a negated comparison is
;; the opposite one.
(module
  (func $f (param $x i32) (param $y i64) (result i32)
    (i32.add
      (i32.add
        (i32.sub (i32.add (local.get $x) (i32.const 10)) (i32.const 3))
        (i32.mul (i32.const 5) (i32.const 7)))
      (select
        (i32.mul (local.get $x) (i32.const 8))
        (i32.rem_u (local.get $x) (i32.const 16))
        (i32.eqz (i64.lt_u (local.get $y) (i64.const 9)))))))

;;> == ir function=f passes=fold,dce
;;> before
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i64 = argument #1
;;>   v2: i32 = i32.const 10
;;>   v3: i32 = i32.add v0, v2
;;>   v4: i32 = i32.const 3
;;>   v5: i32 = i32.sub v3, v4
;;>   v6: i32 = i32.const 5
;;>   v7: i32 = i32.const 7
;;>   v8: i32 = i32.mul v6, v7
;;>   v9: i32 = i32.add v5, v8
;;>   v10: i32 = i32.const 8
;;>   v11: i32 = i32.mul v0, v10
;;>   v12: i32 = i32.const 16
;;>   v13: i32 = i32.rem_u v0, v12
;;>   v14: i64 = i64.const 9
;;>   v15: i32 = i64.lt_u v1, v14
;;>   v16: i32 = i32.eqz v15
;;>   v17: i32 = select v11, v13, v16
;;>   v18: i32 = i32.add v9, v17
;;>   return v18
;;> after
;;> b0:
;;>   v0: i32 = i32.const 42
;;>   v1: i32 = i32.const 3
;;>   v2: i32 = i32.const 15
;;>   v3: i32 = argument #0
;;>   v4: i64 = argument #1
;;>   v5: i32 = i32.add v3, v0
;;>   v6: i32 = i32.shl v3, v1
;;>   v7: i32 = i32.and v3, v2
;;>   v8: i64 = i64.const 9
;;>   v9: i32 = i64.ge_u v4, v8
;;>   v10: i32 = select v6, v7, v9
;;>   v11: i32 = i32.add v5, v10
;;>   return v11
