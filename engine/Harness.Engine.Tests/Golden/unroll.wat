;; test: ir function=f passes=unroll unroll.max-factor=2
;; test: ir function=f after=end
;; test: code function=f tier=optimized
;;
;; The body is there twice, or four times, and decides each time whether to go on; folding then adds up the steps, and only one
;; body checks for interrupts.
(module
  (func $f (param $n i32) (result i32) (local $sum i32)
    (loop $next
      (local.set $sum (i32.add (local.get $sum) (i32.const 44)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum)))

;;> == ir function=f passes=unroll unroll.max-factor=2
;;> before
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i32 = i32.const 0
;;>   v2: i32 = i32.const 44
;;>   v3: i32 = i32.const 1
;;>   jump b1(v0, v1)
;;> b1(v4: i32, v5: i32):  ; loop
;;>   loop_stack_check
;;>   v7: i32 = i32.add v5, v2
;;>   v8: i32 = i32.sub v4, v3
;;>   branch v8, b1(v8, v7), b2
;;> b2:
;;>   return v7
;;> after
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i32 = i32.const 0
;;>   v2: i32 = i32.const 44
;;>   v3: i32 = i32.const 1
;;>   jump b1(v0, v1)
;;> b1(v4: i32, v5: i32):  ; loop
;;>   loop_stack_check
;;>   v7: i32 = i32.add v5, v2
;;>   v8: i32 = i32.sub v4, v3
;;>   branch v8, b2(v8, v7), b3(v7)
;;> b2(v9: i32, v10: i32):
;;>   v11: i32 = i32.add v10, v2
;;>   v12: i32 = i32.sub v9, v3
;;>   branch v12, b1(v12, v11), b3(v11)
;;> b3(v13: i32):
;;>   return v13

;;> == ir function=f after=end
;;> at the end
;;> b0:
;;>   v0: i32 = i32.const 88
;;>   v1: i32 = i32.const -2
;;>   v2: i32 = i32.const 132
;;>   v3: i32 = i32.const -3
;;>   v4: i32 = i32.const 176
;;>   v5: i32 = i32.const -4
;;>   v6: i32 = i32.const -1
;;>   v7: i32 = argument #0
;;>   v8: i32 = i32.const 0
;;>   v9: i32 = i32.const 44
;;>   jump b1(v7, v8)
;;> b1(v10: i32, v11: i32):  ; loop
;;>   loop_stack_check
;;>   v13: i32 = i32.add v11, v9
;;>   v14: i32 = i32.add v10, v6
;;>   branch v14, b2, b5(v13)
;;> b2:
;;>   v15: i32 = i32.add v11, v0
;;>   v16: i32 = i32.add v10, v1
;;>   branch v16, b3, b5(v15)
;;> b3:
;;>   v17: i32 = i32.add v11, v2
;;>   v18: i32 = i32.add v10, v3
;;>   branch v18, b4, b5(v17)
;;> b4:
;;>   v19: i32 = i32.add v11, v4
;;>   v20: i32 = i32.add v10, v5
;;>   branch v20, b1(v20, v19), b5(v19)
;;> b5(v21: i32):
;;>   return v21

;;> == code function=f tier=optimized
;;> 102 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   xor ecx, ecx                           ; f: loop
;;>   nop word [rax+rax]
;;>   nop word [rax+rax]
;;>   xchg ax, ax
;;> L1:
;;>   cmp rsp, [r14]
;;>   jb L4
;;> L2:
;;>   lea edx, [rcx+0x2c]                    ; f: i32.add
;;>   cmp eax, 1                             ; f: br_if 0
;;>   je L3
;;>   lea edx, [rcx+0x58]                    ; f: i32.add
;;>   cmp eax, 2                             ; f: br_if 0
;;>   je L3
;;>   lea edx, [rcx+0x84]                    ; f: i32.add
;;>   cmp eax, 3                             ; f: br_if 0
;;>   je L3
;;>   add ecx, 0xb0                          ; f: i32.add
;;>   add eax, -4                            ; f: i32.sub
;;>   test eax, eax                          ; f: br_if 0
;;>   jne L1
;;>   mov edx, ecx
;;> L3:
;;>   mov eax, edx                           ; f: end
;;>   leave
;;>   ret
;;> L4:
;;>   call StackGuard                        ; f: loop
;;>   jmp L2
