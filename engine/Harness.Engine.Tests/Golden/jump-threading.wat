;; test: ir function=f passes=branch-simplification,jump-threading,branch-simplification,dce
;; test: ir function=kept passes=branch-simplification,jump-threading,branch-simplification,dce
;; test: code function=f tier=optimized
;;
;; Where a condition of two parts is a block with a result, the edge with the constant skips the branch on it; where the result is read again, the
;; branch stays.
(module
  (func $f (param $x i32) (param $y i32) (result i32)
    (if (result i32) (i32.eqz (if (result i32) (i32.eq (local.get $x) (i32.const 5)) (then (i32.lt_u (local.get $y) (i32.const 7))) (else (i32.const 0))))
      (then (i32.const 10))
      (else (i32.const 20))))

  (func $kept (param $x i32) (param $y i32) (result i32) (local $both i32)
    (local.set $both (if (result i32) (local.get $x) (then (local.get $y)) (else (i32.const 0))))
    (if (local.get $both) (then (return (i32.const 10))))
    (i32.add (local.get $both) (i32.const 3))))

;;> == ir function=f passes=branch-simplification,jump-threading,branch-simplification,dce
;;> before
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i32 = argument #1
;;>   v2: i32 = i32.const 5
;;>   v3: i32 = i32.eq v0, v2
;;>   v4: i32 = i32.const 7
;;>   v5: i32 = i32.const 0
;;>   v6: i32 = i32.const 10
;;>   v7: i32 = i32.const 20
;;>   branch v3, b1, b2
;;> b1:
;;>   v8: i32 = i32.lt_u v1, v4
;;>   jump b3(v8)
;;> b2:
;;>   jump b3(v5)
;;> b3(v9: i32):
;;>   v10: i32 = i32.eqz v9
;;>   branch v10, b4, b5
;;> b4:
;;>   jump b6(v6)
;;> b5:
;;>   jump b6(v7)
;;> b6(v11: i32):
;;>   return v11
;;> after
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i32 = argument #1
;;>   v2: i32 = i32.const 5
;;>   v3: i32 = i32.eq v0, v2
;;>   v4: i32 = i32.const 7
;;>   v5: i32 = i32.const 10
;;>   v6: i32 = i32.const 20
;;>   branch v3, b1, b2(v5)
;;> b1:
;;>   v7: i32 = i32.lt_u v1, v4
;;>   branch v7, b2(v6), b2(v5)
;;> b2(v8: i32):
;;>   return v8

;;> == ir function=kept passes=branch-simplification,jump-threading,branch-simplification,dce
;;> before
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i32 = argument #1
;;>   v2: i32 = i32.const 0
;;>   v3: i32 = i32.const 10
;;>   v4: i32 = i32.const 3
;;>   branch v0, b1, b2
;;> b1:
;;>   jump b3(v1)
;;> b2:
;;>   jump b3(v2)
;;> b3(v5: i32):
;;>   branch v5, b4, b5
;;> b4:
;;>   return v3
;;> b5:
;;>   v6: i32 = i32.add v5, v4
;;>   return v6
;;> after
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i32 = argument #1
;;>   v2: i32 = i32.const 0
;;>   v3: i32 = i32.const 10
;;>   v4: i32 = i32.const 3
;;>   branch v0, b1(v1), b1(v2)
;;> b1(v5: i32):
;;>   branch v5, b2, b3
;;> b2:
;;>   return v3
;;> b3:
;;>   v6: i32 = i32.add v5, v4
;;>   return v6

;;> == code function=f tier=optimized
;;> 38 bytes
;;>   cmp eax, 5                             ; f: if
;;>   jne L3
;;>   cmp edx, 7                             ; f: if
;;>   jb L2
;;>   mov eax, 0xa
;;> L1:
;;>   ret                                    ; f: end
;;> L2:
;;>   mov eax, 0x14                          ; f: if
;;>   jmp L1
;;> L3:
;;>   mov eax, 0xa                           ; f: if
;;>   jmp L1
