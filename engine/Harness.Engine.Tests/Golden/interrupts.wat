;; test: ir function=sum after=end interrupt.fuel=on
;; test: code function=sum tier=baseline interrupt.fuel=on tier-up=never
;; test: code function=sum tier=optimized interrupt.fuel=on
;; test: code function=calls tier=baseline interrupt.epochs=on tier-up=never
;; test: code function=sum tier=optimized interrupt.epochs=on
;;
;; What can stop a program costs a word of the store: fuel is used up by every stretch of instructions and looked at where the function and each
;; iteration of the loop begin, in all copies of the loop's body; the deadline is looked at once for all copies.
(module
  (func $sum (export "sum") (param $n i32) (result i32) (local $sum i32)
    (loop $next
      (local.set $sum (i32.add (i32.mul (local.get $sum) (i32.const 3)) (local.get $n)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum))
  (func $calls (export "calls") (param i32) (result i32)
    (call $sum (call $sum (local.get 0)))))

;;> == ir function=sum after=end interrupt.fuel=on
;;> at the end
;;> b0:
;;>   v0: i32 = i32.const -2
;;>   v1: i32 = i32.const -3
;;>   v2: i32 = i32.const -4
;;>   v3: i32 = i32.const -1
;;>   v4: i32 = argument #0
;;>   v5: i32 = i32.const 0
;;>   use_fuel 1 checked
;;>   v7: i32 = i32.const 3
;;>   jump b1(v4, v5)
;;> b1(v8: i32, v9: i32):  ; loop
;;>   loop_stack_check
;;>   use_fuel 11 checked
;;>   v12: i32 = i32.mul v9, v7
;;>   v13: i32 = i32.add v12, v8
;;>   v14: i32 = i32.add v8, v3
;;>   branch v14, b2, b5(v13)
;;> b2:
;;>   use_fuel 11 checked
;;>   v16: i32 = i32.mul v13, v7
;;>   v17: i32 = i32.add v16, v14
;;>   v18: i32 = i32.add v8, v0
;;>   branch v18, b3, b5(v17)
;;> b3:
;;>   use_fuel 11 checked
;;>   v20: i32 = i32.mul v17, v7
;;>   v21: i32 = i32.add v20, v18
;;>   v22: i32 = i32.add v8, v1
;;>   branch v22, b4, b5(v21)
;;> b4:
;;>   use_fuel 11 checked
;;>   v24: i32 = i32.mul v21, v7
;;>   v25: i32 = i32.add v24, v22
;;>   v26: i32 = i32.add v8, v2
;;>   branch v26, b1(v26, v25), b5(v25)
;;> b5(v27: i32):
;;>   use_fuel 1
;;>   return v27

;;> == code function=sum tier=baseline interrupt.fuel=on tier-up=never
;;> 110 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x28
;;>   mov r11, [r14+0x10]                    ; sum: loop
;;>   sub qword [r11+0x40], 1
;;>   js L6
;;> L1:
;;>   xor ecx, ecx
;;> L2:
;;>   cmp rsp, [r14]
;;>   jb L7
;;> L3:
;;>   mov r11, [r14+0x10]                    ; sum: local.get 1
;;>   sub qword [r11+0x40], 0xb
;;>   js L8
;;> L4:
;;>   imul edx, ecx, 3                       ; sum: i32.mul
;;>   add edx, eax                           ; sum: i32.add
;;>   lea ecx, [rax-1]                       ; sum: i32.sub
;;>   test ecx, ecx                          ; sum: br_if 0
;;>   je L5
;;>   mov eax, ecx
;;>   mov ecx, edx
;;>   jmp L2
;;> L5:
;;>   mov r11, [r14+0x10]                    ; sum: end
;;>   sub qword [r11+0x40], 1
;;>   mov eax, edx                           ; sum: end
;;>   leave
;;>   ret
;;> L6:
;;>   call StackGuard                        ; sum: loop
;;>   jmp L1
;;> L7:
;;>   call StackGuard
;;>   jmp L3
;;> L8:
;;>   call StackGuard                        ; sum: local.get 1
;;>   jmp L4

;;> == code function=sum tier=optimized interrupt.fuel=on
;;> 221 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   mov r11, [r14+0x10]                    ; sum: loop
;;>   sub qword [r11+0x40], 1
;;>   js L9
;;> L1:
;;>   xor ecx, ecx
;;>   nop dword [rax+rax]
;;> L2:
;;>   cmp rsp, [r14]
;;>   jb L10
;;> L3:
;;>   mov r11, [r14+0x10]                    ; sum: local.get 1
;;>   sub qword [r11+0x40], 0xb
;;>   js L11
;;> L4:
;;>   lea ecx, [rcx+rcx*2]                   ; sum: i32.mul
;;>   add ecx, eax                           ; sum: i32.add
;;>   lea edx, [rax-1]                       ; sum: i32.sub
;;>   test edx, edx                          ; sum: br_if 0
;;>   je L8
;;>   mov r11, [r14+0x10]                    ; sum: local.get 1
;;>   sub qword [r11+0x40], 0xb
;;>   js L12
;;> L5:
;;>   lea ecx, [rcx+rcx*2]                   ; sum: i32.mul
;;>   add ecx, edx                           ; sum: i32.add
;;>   lea edx, [rax-2]                       ; sum: i32.sub
;;>   test edx, edx                          ; sum: br_if 0
;;>   je L8
;;>   mov r11, [r14+0x10]                    ; sum: local.get 1
;;>   sub qword [r11+0x40], 0xb
;;>   js L13
;;> L6:
;;>   lea ecx, [rcx+rcx*2]                   ; sum: i32.mul
;;>   add ecx, edx                           ; sum: i32.add
;;>   lea edx, [rax-3]                       ; sum: i32.sub
;;>   test edx, edx                          ; sum: br_if 0
;;>   je L8
;;>   mov r11, [r14+0x10]                    ; sum: local.get 1
;;>   sub qword [r11+0x40], 0xb
;;>   js L14
;;> L7:
;;>   lea ecx, [rcx+rcx*2]                   ; sum: i32.mul
;;>   add ecx, edx                           ; sum: i32.add
;;>   add eax, -4                            ; sum: i32.sub
;;>   test eax, eax                          ; sum: br_if 0
;;>   jne L2
;;> L8:
;;>   mov r11, [r14+0x10]                    ; sum: end
;;>   sub qword [r11+0x40], 1
;;>   mov eax, ecx                           ; sum: end
;;>   leave
;;>   ret
;;> L9:
;;>   call StackGuard                        ; sum: loop
;;>   jmp L1
;;> L10:
;;>   call StackGuard
;;>   jmp L3
;;> L11:
;;>   call StackGuard                        ; sum: local.get 1
;;>   jmp L4
;;> L12:
;;>   call StackGuard
;;>   jmp L5
;;> L13:
;;>   call StackGuard
;;>   jmp L6
;;> L14:
;;>   call StackGuard
;;>   jmp L7

;;> == code function=calls tier=baseline interrupt.epochs=on tier-up=never
;;> 64 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x18
;;>   cmp rsp, [r14]
;;>   jb L3
;;> L1:
;;>   mov r11, [r14+0x10]
;;>   cmp qword [r11+0x48], 0
;;>   jle L4
;;> L2:
;;>   mov [rbp-0x18], eax                    ; calls: call sum
;;>   call qword [r14+0x60]
;;>   call qword [r14+0x60]                  ; calls: call sum
;;>   leave                                  ; calls: end
;;>   ret
;;> L3:
;;>   call StackGuard                        ; calls: (entry)
;;>   jmp L1
;;> L4:
;;>   call StackGuard
;;>   jmp L2

;;> == code function=sum tier=optimized interrupt.epochs=on
;;> 130 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   xor ecx, ecx                           ; sum: loop
;;>   nop word [rax+rax]
;;>   nop word [rax+rax]
;;>   xchg ax, ax
;;> L1:
;;>   cmp rsp, [r14]
;;>   jb L5
;;> L2:
;;>   mov r11, [r14+0x10]
;;>   cmp qword [r11+0x48], 0
;;>   jle L6
;;> L3:
;;>   lea ecx, [rcx+rcx*2]                   ; sum: i32.mul
;;>   add ecx, eax                           ; sum: i32.add
;;>   lea edx, [rax-1]                       ; sum: i32.sub
;;>   test edx, edx                          ; sum: br_if 0
;;>   je L4
;;>   lea ecx, [rcx+rcx*2]                   ; sum: i32.mul
;;>   add ecx, edx                           ; sum: i32.add
;;>   lea edx, [rax-2]                       ; sum: i32.sub
;;>   test edx, edx                          ; sum: br_if 0
;;>   je L4
;;>   lea ecx, [rcx+rcx*2]                   ; sum: i32.mul
;;>   add ecx, edx                           ; sum: i32.add
;;>   lea edx, [rax-3]                       ; sum: i32.sub
;;>   test edx, edx                          ; sum: br_if 0
;;>   je L4
;;>   lea ecx, [rcx+rcx*2]                   ; sum: i32.mul
;;>   add ecx, edx                           ; sum: i32.add
;;>   add eax, -4                            ; sum: i32.sub
;;>   test eax, eax                          ; sum: br_if 0
;;>   jne L1
;;> L4:
;;>   mov eax, ecx                           ; sum: end
;;>   leave
;;>   ret
;;> L5:
;;>   call StackGuard                        ; sum: loop
;;>   jmp L2
;;> L6:
;;>   call StackGuard
;;>   jmp L3
