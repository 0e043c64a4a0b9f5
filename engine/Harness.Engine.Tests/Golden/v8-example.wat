;; test: ir function=main after=build,peel,end
;; test: code function=main tier=optimized
;; feedback: main@0 -> $inlinee:1000000
;;
;; V8's published example with inlining and deopts. The guard and the check of the index are made in the peeled iteration only; the
;; guard's state names the local, the argument and the table index.
(module
  (type $unary (func (param i32) (result i32)))
  (table (export "table") 2 funcref)
  (elem (i32.const 0) $unused $inlinee)
  (func $unused (type $unary)
    unreachable)
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

;;> == ir function=main after=build,peel,end
;;> after build
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i32 = i32.const 0
;;>   v2: i32 = i32.const 1
;;>   v3: i32 = i32.const 7
;;>   v4: (ref type#0) = function_address @inlinee
;;>   v5: i32 = i32.const 37
;;>   jump b1(v0, v1)
;;> b1(v6: i32, v7: i32):  ; loop
;;>   loop_stack_check
;;>   v9: i32 = i32.eqz v6
;;>   branch v9, b2, b3
;;> b2:
;;>   return v7
;;> b3:
;;>   v10: i32 = i32.sub v6, v2
;;>   v11: i32 = table_length #0
;;>   v12: i32 = i32.lt_u v2, v11
;;>   trap_unless UndefinedElement, v12
;;>   v14: (ref null func) = load_element #0, v2
;;>   v15: i32 = reference_equal v14, v4
;;>   guard v15  ; main BeforeInstruction +23 [v10, v7, v3, v2]
;;>   v17: i32 = i32.add v3, v5
;;>   v18: i32 = i32.add v17, v7
;;>   jump b1(v10, v18)
;;> after peel
;;> b0:
;;>   v0: i32 = i32.const -1
;;>   v1: i32 = i32.const 44
;;>   v2: i32 = argument #0
;;>   v3: i32 = i32.const 0
;;>   v4: i32 = i32.const 1
;;>   v5: i32 = i32.const 7
;;>   v6: (ref type#0) = function_address @inlinee
;;>   v7: i32 = i32.const 37
;;>   jump b1(v2, v3)
;;> b1(v8: i32, v9: i32):
;;>   loop_stack_check
;;>   v11: i32 = i32.eqz v8
;;>   branch v8, b2, b5(v9)
;;> b2:
;;>   v12: i32 = i32.add v8, v0
;;>   v13: i32 = table_length #0
;;>   v14: i32 = i32.gt_u v13, v4
;;>   trap_unless UndefinedElement, v14
;;>   v16: (ref null func) = load_element #0, v4
;;>   v17: i32 = reference_equal v16, v6
;;>   guard v17  ; main BeforeInstruction +23 [v12, v9, v5, v4]
;;>   v19: i32 = i32.add v9, v1
;;>   jump b3(v12, v19)
;;> b3(v20: i32, v21: i32):  ; loop
;;>   loop_stack_check
;;>   v23: i32 = i32.eqz v20
;;>   branch v20, b4, b5(v21)
;;> b4:
;;>   v24: i32 = i32.add v20, v0
;;>   v25: i32 = table_length #0
;;>   v26: i32 = i32.gt_u v25, v4
;;>   trap_unless UndefinedElement, v26
;;>   v28: (ref null func) = load_element #0, v4
;;>   v29: i32 = reference_equal v28, v6
;;>   guard v29  ; main BeforeInstruction +23 [v24, v21, v5, v4]
;;>   v31: i32 = i32.add v21, v1
;;>   jump b3(v24, v31)
;;> b5(v32: i32):
;;>   return v32
;;> at the end
;;> b0:
;;>   v0: i32 = i32.const 44
;;>   v1: i32 = i32.const -2
;;>   v2: i32 = i32.const 88
;;>   v3: i32 = i32.const -3
;;>   v4: i32 = i32.const 132
;;>   v5: i32 = i32.const -4
;;>   v6: i32 = i32.const 176
;;>   v7: i32 = i32.const -1
;;>   v8: i32 = i32.const 44
;;>   v9: i32 = argument #0
;;>   v10: i32 = i32.const 0
;;>   v11: i32 = i32.const 1
;;>   v12: i32 = i32.const 7
;;>   v13: (ref type#0) = function_address @inlinee
;;>   loop_stack_check
;;>   branch v9, b1, b6(v10)
;;> b1:
;;>   v15: i32 = i32.add v9, v7
;;>   v16: i32 = table_length #0
;;>   v17: i32 = i32.gt_u v16, v11
;;>   trap_unless UndefinedElement, v17
;;>   v19: (ref null func) = load_element #0, v11
;;>   v20: i32 = reference_equal v19, v13
;;>   guard v20  ; main BeforeInstruction +23 [v15, v10, v12, v11]
;;>   loop_stack_check
;;>   branch v15, b2(v15, v0), b6(v0)
;;> b2(v23: i32, v24: i32):  ; loop
;;>   v25: i32 = i32.add v23, v7
;;>   v26: i32 = i32.add v24, v8
;;>   loop_stack_check
;;>   branch v25, b3, b6(v26)
;;> b3:
;;>   v28: i32 = i32.add v23, v1
;;>   v29: i32 = i32.add v24, v2
;;>   branch v28, b4, b6(v29)
;;> b4:
;;>   v30: i32 = i32.add v23, v3
;;>   v31: i32 = i32.add v24, v4
;;>   branch v30, b5, b6(v31)
;;> b5:
;;>   v32: i32 = i32.add v23, v5
;;>   v33: i32 = i32.add v24, v6
;;>   branch v32, b2(v32, v33), b6(v33)
;;> b6(v34: i32):
;;>   return v34

;;> == code function=main tier=optimized
;;> 204 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   cmp rsp, [r14]                         ; main: loop
;;>   jb L8
;;> L1:
;;>   test eax, eax                          ; main: br_if 1
;;>   je L7
;;>   add eax, -1                            ; main: i32.sub
;;>   cmp dword [r14+0x48], 1                ; main: call_indirect (type 0)
;;>   jbe L9
;;>   mov rcx, [r14+0x40]
;;>   mov rcx, [rcx+8]
;;>   lea rdx, [r14+0xc0]
;;>   cmp rcx, rdx
;;>   jne L10
;;>   cmp rsp, [r14]                         ; main: loop
;;>   jb L11
;;> L2:
;;>   test eax, eax                          ; main: br_if 1
;;>   je L6
;;>   mov ecx, 0x2c
;;>   nop word [rax+rax]
;;> L3:
;;>   lea edx, [rcx+0x2c]                    ; main: i32.add
;;>   cmp rsp, [r14]                         ; main: loop
;;>   jb L12
;;> L4:
;;>   cmp eax, 1                             ; main: br_if 1
;;>   je L5
;;>   lea edx, [rcx+0x58]                    ; main: i32.add
;;>   cmp eax, 2                             ; main: br_if 1
;;>   je L5
;;>   lea edx, [rcx+0x84]                    ; main: i32.add
;;>   cmp eax, 3                             ; main: br_if 1
;;>   je L5
;;>   add eax, -4                            ; main: i32.sub
;;>   add ecx, 0xb0                          ; main: i32.add
;;>   test eax, eax                          ; main: br_if 1
;;>   jne L3
;;>   mov edx, ecx
;;> L5:
;;>   mov eax, edx                           ; main: end
;;>   leave
;;>   ret
;;> L6:
;;>   mov edx, 0x2c                          ; main: br_if 1
;;>   jmp L5
;;> L7:
;;>   xor edx, edx
;;>   jmp L5
;;> L8:
;;>   call StackGuard                        ; main: loop
;;>   jmp L1
;;> L9:
;;>   call Trap                              ; main: call_indirect (type 0)
;;> L10:
;;>   call Deoptimize
;;> L11:
;;>   call StackGuard                        ; main: loop
;;>   jmp L2
;;> L12:
;;>   call StackGuard
;;>   jmp L4
