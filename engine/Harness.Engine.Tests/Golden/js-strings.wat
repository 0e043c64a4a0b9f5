;; test: code function=unit tier=baseline
;; test: ir function=same after=build,end
;; test: ir function=hash after=build,end
;; test: code function=hash tier=optimized
;; test: ir function=first after=end
;;
;; Strings of the host: an access is a check of the type, which need not be done twice, and a load; contents never change,
;; whatever is called or written in between. What makes strings is still a call, whose result is known to be a string.
(module
  (import "wasm:js-string" "length" (func $length (param externref) (result i32)))
  (import "wasm:js-string" "charCodeAt" (func $unit-at (param externref i32) (result i32)))
  (import "wasm:js-string" "equals" (func $equals (param externref externref) (result i32)))
  (import "wasm:js-string" "test" (func $test (param externref) (result i32)))
  (import "wasm:js-string" "substring" (func $substring (param externref i32 i32) (result (ref extern))))
  (func $unit (param $text externref) (param $index i32) (result i32)
    (call $unit-at (local.get $text) (local.get $index)))
  (func $same (param $left externref) (param $right externref) (result i32)
    (call $equals (local.get $left) (local.get $right)))
  (func $hash (param $text externref) (result i32)
    (local $index i32)
    (local $hash i32)
    (block $done
      (loop $next
        (br_if $done (i32.ge_s (local.get $index) (call $length (local.get $text))))
        (local.set $hash
          (i32.add
            (i32.mul (local.get $hash) (i32.const 31))
            (call $unit-at (local.get $text) (local.get $index))))
        (local.set $index (i32.add (local.get $index) (i32.const 1)))
        (br $next)))
    (local.get $hash))
  (func $first (param $text externref) (result i32)
    (local $part externref)
    (local.set $part (call $substring (local.get $text) (i32.const 0) (i32.const 1)))
    (if (call $test (local.get $part))
      (then (return (i32.add (call $unit-at (local.get $text) (i32.const 0)) (call $unit-at (local.get $part) (i32.const 0))))))
    (call $unit-at (local.get $text) (i32.const 0))))

;;> == code function=unit tier=baseline
;;> 80 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x28
;;>   test al, 1                             ; unit: call unit-at
;;>   jne L1
;;>   cmp dword [rax], TYPE
;;> L1:
;;>   jne L3
;;>   cmp edx, [rax+8]
;;>   jae L4
;;>   movzx ecx, word [rax+rdx*2+0x10]
;;>   mov eax, ecx                           ; unit: end
;;>   sub dword [r14+0x68], 8
;;>   js L5
;;> L2:
;;>   leave
;;>   ret
;;> L3:
;;>   call Trap                              ; unit: call unit-at
;;>   int3
;;> L4:
;;>   call Trap
;;>   int3
;;> L5:
;;>   mov r11d, 5                            ; unit: end
;;>   call TierUp
;;>   jmp L2

;;> == ir function=same after=build,end
;;> after build
;;> b0:
;;>   v0: (ref null extern) = argument #0
;;>   v1: (ref null extern) = argument #1
;;>   v2: (ref null string) = ref_cast v0
;;>   v3: (ref null string) = ref_cast v1
;;>   v4: i32 = reference_equal v2, v3
;;>   v5: i32 = i32.const 1
;;>   v6: i32 = i32.const 0
;;>   branch v4, b5(v5), b1
;;> b1:
;;>   v7: i32 = ref.is_null v2
;;>   branch v7, b5(v6), b2
;;> b2:
;;>   v8: (ref string) = narrow v2
;;>   v9: i32 = ref.is_null v3
;;>   branch v9, b5(v6), b3
;;> b3:
;;>   v10: (ref string) = narrow v3
;;>   v11: i32 = array.len v8
;;>   v12: i32 = array.len v10
;;>   v13: i32 = i32.ne v11, v12
;;>   branch v13, b5(v6), b4
;;> b4:
;;>   v14: i32 = call_builtin @StringEquals, v8, v10
;;>   jump b5(v14)
;;> b5(v15: i32):
;;>   return v15
;;> at the end
;;> b0:
;;>   v0: (ref null extern) = argument #0
;;>   v1: (ref null extern) = argument #1
;;>   v2: (ref null string) = ref_cast v0
;;>   v3: (ref null string) = ref_cast v1
;;>   v4: i32 = reference_equal v2, v3
;;>   v5: i32 = i32.const 1
;;>   v6: i32 = i32.const 0
;;>   branch v4, b5(v5), b1
;;> b1:
;;>   v7: i32 = ref.is_null v2
;;>   branch v7, b5(v6), b2
;;> b2:
;;>   v8: (ref string) = narrow v2
;;>   v9: i32 = ref.is_null v3
;;>   branch v9, b5(v6), b3
;;> b3:
;;>   v10: (ref string) = narrow v3
;;>   v11: i32 = array.len v8
;;>   v12: i32 = array.len v10
;;>   v13: i32 = i32.ne v11, v12
;;>   branch v13, b5(v6), b4
;;> b4:
;;>   v14: i32 = call_builtin @StringEquals, v8, v10
;;>   jump b5(v14)
;;> b5(v15: i32):
;;>   return v15

;;> == ir function=hash after=build,end
;;> after build
;;> b0:
;;>   v0: (ref null extern) = argument #0
;;>   v1: i32 = i32.const 0
;;>   v2: i32 = i32.const 31
;;>   v3: i32 = i32.const 1
;;>   jump b1(v1, v1)
;;> b1(v4: i32, v5: i32):  ; loop
;;>   loop_stack_check
;;>   v7: (ref string) = ref_cast v0
;;>   v8: i32 = array.len v7
;;>   v9: i32 = i32.ge_s v4, v8
;;>   branch v9, b2, b3
;;> b2:
;;>   return v5
;;> b3:
;;>   v10: i32 = i32.mul v5, v2
;;>   v11: (ref string) = ref_cast v0
;;>   v12: i32 = array.len v11
;;>   v13: i32 = i32.lt_u v4, v12
;;>   trap_unless StringOutOfBounds, v13
;;>   v15: i32 = array.get_u string, v11, v4
;;>   v16: i32 = i32.add v10, v15
;;>   v17: i32 = i32.add v4, v3
;;>   jump b1(v17, v16)
;;> at the end
;;> b0:
;;>   v0: i32 = i32.const 1
;;>   v1: i32 = i32.const 2
;;>   v2: i32 = i32.const 3
;;>   v3: i32 = i32.const 4
;;>   v4: (ref null extern) = argument #0
;;>   v5: i32 = i32.const 0
;;>   v6: i32 = i32.const 31
;;>   v7: i32 = i32.const 1
;;>   loop_stack_check
;;>   v9: (ref string) = ref_cast v4
;;>   v10: i32 = array.len v9
;;>   v11: i32 = i32.le_s v10, v5
;;>   branch v11, b6(v5), b1
;;> b1:
;;>   v12: i32 = array.get_u string, v9, v5
;;>   loop_stack_check
;;>   v14: i32 = i32.le_s v10, v0
;;>   branch v14, b6(v12), b2(v12, v0)
;;> b2(v15: i32, v16: i32):  ; loop
;;>   v17: i32 = i32.mul v15, v6
;;>   v18: i32 = array.get_u string, v9, v16
;;>   v19: i32 = i32.add v17, v18
;;>   v20: i32 = i32.add v16, v7
;;>   loop_stack_check
;;>   v22: i32 = i32.ge_s v20, v10
;;>   branch v22, b6(v19), b3
;;> b3:
;;>   v23: i32 = i32.mul v19, v6
;;>   v24: i32 = array.get_u string, v9, v20
;;>   v25: i32 = i32.add v23, v24
;;>   v26: i32 = i32.add v16, v1
;;>   v27: i32 = i32.ge_s v26, v10
;;>   branch v27, b6(v25), b4
;;> b4:
;;>   v28: i32 = i32.mul v25, v6
;;>   v29: i32 = array.get_u string, v9, v26
;;>   v30: i32 = i32.add v28, v29
;;>   v31: i32 = i32.add v16, v2
;;>   v32: i32 = i32.ge_s v31, v10
;;>   branch v32, b6(v30), b5
;;> b5:
;;>   v33: i32 = i32.mul v30, v6
;;>   v34: i32 = array.get_u string, v9, v31
;;>   v35: i32 = i32.add v33, v34
;;>   v36: i32 = i32.add v16, v3
;;>   v37: i32 = i32.ge_s v36, v10
;;>   branch v37, b6(v35), b2(v35, v36)
;;> b6(v38: i32):
;;>   return v38

;;> == code function=hash tier=optimized
;;> 221 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   cmp rsp, [r14]                         ; hash: loop
;;>   jb L7
;;> L1:
;;>   test al, 1                             ; hash: call length
;;>   jne L8
;;>   cmp dword [rax], TYPE
;;>   jne L8
;;>   mov ecx, [rax+8]
;;>   test ecx, ecx                          ; hash: br_if 1
;;>   jle L6
;;>   movzx edx, word [rax+0x10]             ; hash: call unit-at
;;>   cmp rsp, [r14]                         ; hash: loop
;;>   jb L9
;;> L2:
;;>   cmp ecx, 1                             ; hash: br_if 1
;;>   jle L5
;;>   mov ebx, 1
;;>   nop word [rax+rax]
;;>   nop word [rax+rax]
;;>   nop dword [rax]
;;> L3:
;;>   imul edx, 0x1f                         ; hash: i32.mul
;;>   movzx esi, word [rax+rbx*2+0x10]       ; hash: call unit-at
;;>   add edx, esi                           ; hash: i32.add
;;>   lea esi, [rbx+1]                       ; hash: i32.add
;;>   cmp rsp, [r14]                         ; hash: loop
;;>   jb L10
;;> L4:
;;>   cmp esi, ecx                           ; hash: br_if 1
;;>   jge L5
;;>   imul edx, 0x1f                         ; hash: i32.mul
;;>   movzx esi, word [rax+rsi*2+0x10]       ; hash: call unit-at
;;>   add edx, esi                           ; hash: i32.add
;;>   lea esi, [rbx+2]                       ; hash: i32.add
;;>   cmp esi, ecx                           ; hash: br_if 1
;;>   jge L5
;;>   imul edx, 0x1f                         ; hash: i32.mul
;;>   movzx esi, word [rax+rsi*2+0x10]       ; hash: call unit-at
;;>   add edx, esi                           ; hash: i32.add
;;>   lea esi, [rbx+3]                       ; hash: i32.add
;;>   cmp esi, ecx                           ; hash: br_if 1
;;>   jge L5
;;>   imul edx, 0x1f                         ; hash: i32.mul
;;>   movzx esi, word [rax+rsi*2+0x10]       ; hash: call unit-at
;;>   add edx, esi                           ; hash: i32.add
;;>   add ebx, 4                             ; hash: i32.add
;;>   cmp ebx, ecx                           ; hash: br_if 1
;;>   jl L3
;;> L5:
;;>   mov eax, edx                           ; hash: end
;;>   leave
;;>   ret
;;> L6:
;;>   xor edx, edx                           ; hash: br_if 1
;;>   jmp L5
;;> L7:
;;>   call StackGuard                        ; hash: loop
;;>   jmp L1
;;> L8:
;;>   call Trap                              ; hash: call length
;;> L9:
;;>   call StackGuard                        ; hash: loop
;;>   jmp L2
;;> L10:
;;>   call StackGuard
;;>   jmp L4

;;> == ir function=first after=end
;;> at the end
;;> b0:
;;>   v0: i32 = i32.const 1
;;>   v1: (ref null extern) = argument #0
;;>   v2: i32 = i32.const 0
;;>   v3: (ref string) = call @substring, v1, v2, v0
;;>   v4: (ref string) = ref_cast v1
;;>   v5: i32 = array.len v4
;;>   v6: i32 = i32.ne v5, v2
;;>   trap_unless StringOutOfBounds, v6
;;>   v8: i32 = array.get_u string, v4, v2
;;>   v9: i32 = array.len v3
;;>   v10: i32 = i32.ne v9, v2
;;>   trap_unless StringOutOfBounds, v10
;;>   v12: i32 = array.get_u string, v3, v2
;;>   v13: i32 = i32.add v8, v12
;;>   return v13
