;; test: ir function=main after=end deopt=off
;; test: code function=main tier=optimized deopt=off
;; feedback: main@0 -> $inlinee:1000000
;;
;; V8's published example with inlining but without deopts: where the target is another one, the call is made. It may change the
;; table, so that every iteration loads and checks the element.
(module
  (type $unary (func (param i32) (result i32)))
  (table (export "table") 2 (ref null $unary))
  (func $inlinee (type $unary) (param $x i32) (result i32)
    (i32.add (local.get $x) (i32.const 37)))
  (func $main (export "main") (param $iterations i32) (result i32) (local $sum i32)
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $iterations)))
        (local.set $iterations (i32.sub (local.get $iterations) (i32.const 1)))
        (call_indirect (type $unary) (i32.const 7) (i32.const 1))
        (local.set $sum (i32.add (local.get $sum)))
        (br $next)))
    (local.get $sum)))

;;> == ir function=main after=end deopt=off
;;> at the end
;;> b0:
;;>   v0: i32 = i32.const -1
;;>   v1: i32 = i32.const 44
;;>   v2: i32 = argument #0
;;>   v3: i32 = i32.const 0
;;>   v4: i32 = i32.const 1
;;>   v5: i32 = i32.const 7
;;>   v6: (ref type#0) = function_address @inlinee
;;>   loop_stack_check
;;>   branch v2, b1, b7(v3)
;;> b1:
;;>   v8: i32 = i32.add v2, v0
;;>   v9: i32 = table_length #0
;;>   v10: i32 = i32.gt_u v9, v4
;;>   trap_unless UndefinedElement, v10
;;>   v12: (ref null type#0) = load_element #0, v4
;;>   v13: i32 = reference_equal v12, v6
;;>   branch v13, b3(v1), b2
;;> b2:
;;>   v14: i32 = ref.is_null v12
;;>   trap_if UninitializedElement, v14
;;>   v16: (ref type#0) = narrow v12
;;>   v17: i32 = call_reference v16, v5
;;>   jump b3(v17)
;;> b3(v18: i32):
;;>   loop_stack_check
;;>   branch v8, b4(v8, v18), b7(v18)
;;> b4(v20: i32, v21: i32):  ; loop
;;>   v22: i32 = i32.add v20, v0
;;>   v23: i32 = table_length #0
;;>   v24: i32 = i32.gt_u v23, v4
;;>   trap_unless UndefinedElement, v24
;;>   v26: (ref null type#0) = load_element #0, v4
;;>   v27: i32 = reference_equal v26, v6
;;>   branch v27, b6(v1), b5
;;> b5:
;;>   v28: i32 = ref.is_null v26
;;>   trap_if UninitializedElement, v28
;;>   v30: (ref type#0) = narrow v26
;;>   v31: i32 = call_reference v30, v5
;;>   jump b6(v31)
;;> b6(v32: i32):
;;>   v33: i32 = i32.add v32, v21
;;>   loop_stack_check
;;>   branch v22, b4(v22, v33), b7(v33)
;;> b7(v35: i32):
;;>   return v35

;;> == code function=main tier=optimized deopt=off
;;> 362 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x28
;;>   cmp rsp, [r14]
;;>   jb L12
;;> L1:
;;>   lea rcx, [r14+0x80]
;;>   cmp rsp, [r14]                         ; main: loop
;;>   jb L13
;;> L2:
;;>   test eax, eax                          ; main: br_if 1
;;>   je L9
;;>   add eax, -1                            ; main: i32.sub
;;>   cmp dword [r14+0x48], 1                ; main: call_indirect (type 0)
;;>   jbe L14
;;>   mov rdx, [r14+0x40]
;;>   mov rdx, [rdx+8]
;;>   lea rbx, [r14+0x80]
;;>   cmp rdx, rbx
;;>   jne L10
;;>   mov edx, 0x2c
;;> L3:
;;>   cmp rsp, [r14]                         ; main: loop
;;>   jb L15
;;> L4:
;;>   test eax, eax                          ; main: br_if 1
;;>   je L8
;;>   nop word [rax+rax]
;;>   nop word [rax+rax]
;;>   nop dword [rax]
;;> L5:
;;>   add eax, -1                            ; main: i32.sub
;;>   cmp dword [r14+0x48], 1                ; main: call_indirect (type 0)
;;>   jbe L16
;;>   mov rbx, [r14+0x40]
;;>   mov rbx, [rbx+8]
;;>   cmp rbx, rcx
;;>   jne L11
;;>   mov ebx, 0x2c
;;> L6:
;;>   add edx, ebx                           ; main: i32.add
;;>   cmp rsp, [r14]                         ; main: loop
;;>   jb L17
;;> L7:
;;>   test eax, eax                          ; main: br_if 1
;;>   jne L5
;;> L8:
;;>   mov eax, edx                           ; main: end
;;>   leave
;;>   ret
;;> L9:
;;>   xor edx, edx                           ; main: br_if 1
;;>   jmp L8
;;> L10:
;;>   test rdx, rdx                          ; main: call_indirect (type 0)
;;>   je L18
;;>   mov [rbp-0x10], rcx
;;>   mov [rbp-0x18], rax
;;>   mov eax, 7
;;>   mov r11, rdx
;;>   mov r14, [r11+8]
;;>   mov r15, [r14+8]
;;>   call qword [r11]
;;>   mov r14, [rbp-8]
;;>   mov edx, eax
;;>   mov eax, [rbp-0x18]
;;>   mov rcx, [rbp-0x10]
;;>   jmp L3
;;> L11:
;;>   mov [rbp-0x10], rcx
;;>   test rbx, rbx
;;>   je L19
;;>   mov [rbp-0x20], rdx
;;>   mov [rbp-0x28], rax
;;>   mov eax, 7
;;>   mov r11, rbx
;;>   mov r14, [r11+8]
;;>   mov r15, [r14+8]
;;>   call qword [r11]
;;>   mov r14, [rbp-8]
;;>   mov ebx, eax
;;>   mov eax, [rbp-0x28]
;;>   mov rcx, [rbp-0x10]
;;>   mov edx, [rbp-0x20]
;;>   jmp L6
;;> L12:
;;>   call StackGuard                        ; main: (entry)
;;>   jmp L1
;;> L13:
;;>   call StackGuard                        ; main: loop
;;>   jmp L2
;;> L14:
;;>   call Trap                              ; main: call_indirect (type 0)
;;> L15:
;;>   call StackGuard                        ; main: loop
;;>   jmp L4
;;> L16:
;;>   call Trap                              ; main: call_indirect (type 0)
;;> L17:
;;>   call StackGuard                        ; main: loop
;;>   jmp L7
;;> L18:
;;>   call Trap                              ; main: call_indirect (type 0)
;;> L19:
;;>   call Trap
