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
;;>   v0: i32 = argument #0
;;>   v1: i32 = argument #1
;;>   v2: i64 = i64.const 0
;;>   v3: i32 = i32.const 4
;;>   loop_stack_check
;;>   v5: i32 = i32.ge_u v0, v1
;;>   branch v5, b2(v2), b1(v0, v2)
;;> b1(v6: i32, v7: i64):  ; loop
;;>   v8: i64 = i64.load32_u +16, v6
;;>   v9: i64 = i64.add v7, v8
;;>   v10: i32 = i32.add v6, v3
;;>   loop_stack_check
;;>   v12: i32 = i32.ge_u v10, v1
;;>   branch v12, b2(v9), b1(v10, v9)
;;> b2(v13: i64):
;;>   return v13

;;> == code function=sum tier=optimized
;;> 75 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   cmp rsp, [r14]                         ; sum: loop
;;>   jb L6
;;> L1:
;;>   cmp eax, edx                           ; sum: br_if 1
;;>   jb L2
;;>   xor ecx, ecx
;;>   jmp L5
;;> L2:
;;>   xor ecx, ecx
;;> L3:
;;>   mov ebx, [r15+rax+0x10]                ; sum: i64.load32_u offset=16
;;>   add rcx, rbx                           ; sum: i64.add
;;>   add eax, 4                             ; sum: i32.add
;;>   cmp rsp, [r14]                         ; sum: loop
;;>   jb L7
;;> L4:
;;>   cmp eax, edx                           ; sum: br_if 1
;;>   jb L3
;;> L5:
;;>   mov rax, rcx                           ; sum: end
;;>   leave
;;>   ret
;;> L6:
;;>   call StackGuard                        ; sum: loop
;;>   jmp L1
;;> L7:
;;>   call StackGuard
;;>   jmp L4
