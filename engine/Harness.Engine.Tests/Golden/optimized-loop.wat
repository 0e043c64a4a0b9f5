;; test: ir function=sum after=end
;; test: code function=sum tier=optimized
;;
;; A loop over memory: the address is one operand, the test is at the bottom, the check for interrupts and the traps are out of line.
(module
  (memory 1)
  (func $sum (param $p i32) (param $end i32) (result i64) (local $sum i64)
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $p) (local.get $end)))
        (local.set $sum (i64.add (local.get $sum) (i64.load32_u offset=16 (local.get $p))))
        (local.set $p (i32.add (local.get $p) (i32.const 4)))
        (br $next)))
    (local.get $sum)))

;;> == ir function=sum after=end
;;> at the end
;;> b0:
;;>   v0: i32 = i32.const 8
;;>   v1: i32 = i32.const 12
;;>   v2: i32 = i32.const 16
;;>   v3: i32 = argument #0
;;>   v4: i32 = argument #1
;;>   v5: i64 = i64.const 0
;;>   v6: i32 = i32.const 4
;;>   loop_stack_check
;;>   v8: i32 = i32.ge_u v3, v4
;;>   branch v8, b5(v5), b1(v3, v5)
;;> b1(v9: i32, v10: i64):  ; loop
;;>   v11: i64 = i64.load32_u +16, v9
;;>   v12: i64 = i64.add v10, v11
;;>   v13: i32 = i32.add v9, v6
;;>   loop_stack_check
;;>   v15: i32 = i32.ge_u v13, v4
;;>   branch v15, b5(v12), b2
;;> b2:
;;>   v16: i64 = i64.load32_u +16, v13
;;>   v17: i64 = i64.add v12, v16
;;>   v18: i32 = i32.add v9, v0
;;>   v19: i32 = i32.ge_u v18, v4
;;>   branch v19, b5(v17), b3
;;> b3:
;;>   v20: i64 = i64.load32_u +16, v18
;;>   v21: i64 = i64.add v17, v20
;;>   v22: i32 = i32.add v9, v1
;;>   v23: i32 = i32.ge_u v22, v4
;;>   branch v23, b5(v21), b4
;;> b4:
;;>   v24: i64 = i64.load32_u +16, v22
;;>   v25: i64 = i64.add v21, v24
;;>   v26: i32 = i32.add v9, v2
;;>   v27: i32 = i32.ge_u v26, v4
;;>   branch v27, b5(v25), b1(v26, v25)
;;> b5(v28: i64):
;;>   return v28

;;> == code function=sum tier=optimized
;;> 132 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   cmp rsp, [r14]                         ; sum: loop
;;>   jb L6
;;> L1:
;;>   cmp eax, edx                           ; sum: br_if 1
;;>   jae L5
;;>   xor ecx, ecx
;;>   nop dword [rax]
;;> L2:
;;>   mov ebx, [r15+rax+0x10]                ; sum: i64.load32_u offset=16
;;>   add rcx, rbx                           ; sum: i64.add
;;>   lea ebx, [rax+4]                       ; sum: i32.add
;;>   cmp rsp, [r14]                         ; sum: loop
;;>   jb L7
;;> L3:
;;>   cmp ebx, edx                           ; sum: br_if 1
;;>   jae L4
;;>   mov ebx, [r15+rbx+0x10]                ; sum: i64.load32_u offset=16
;;>   add rcx, rbx                           ; sum: i64.add
;;>   lea ebx, [rax+8]                       ; sum: i32.add
;;>   cmp ebx, edx                           ; sum: br_if 1
;;>   jae L4
;;>   mov ebx, [r15+rbx+0x10]                ; sum: i64.load32_u offset=16
;;>   add rcx, rbx                           ; sum: i64.add
;;>   lea ebx, [rax+0xc]                     ; sum: i32.add
;;>   cmp ebx, edx                           ; sum: br_if 1
;;>   jae L4
;;>   mov ebx, [r15+rbx+0x10]                ; sum: i64.load32_u offset=16
;;>   add rcx, rbx                           ; sum: i64.add
;;>   add eax, 0x10                          ; sum: i32.add
;;>   cmp eax, edx                           ; sum: br_if 1
;;>   jb L2
;;> L4:
;;>   mov rax, rcx                           ; sum: end
;;>   leave
;;>   ret
;;> L5:
;;>   xor ecx, ecx                           ; sum: br_if 1
;;>   jmp L4
;;> L6:
;;>   call StackGuard                        ; sum: loop
;;>   jmp L1
;;> L7:
;;>   call StackGuard
;;>   jmp L3
