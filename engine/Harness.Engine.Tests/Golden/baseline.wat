;; test: code function=registers tier=baseline
;; test: code function=merge tier=baseline
;; test: code function=calls tier=baseline
;;
;; The single-pass compiler: locals and operands stay in registers within a block, constants fold into instructions, a comparison
;; and its branch are one; where control comes together values are brought to the same places; calls update the feedback.
(module
  (type $unary (func (param i32) (result i32)))
  (memory 1)
  (table 4 (ref null $unary))
  (func $registers (param $a i32) (param $b i32) (result i32) (local $c i32)
    (local.set $c (i32.add (local.get $a) (i32.const 5)))
    (i32.store offset=8 (local.get $a) (i32.sub (local.get $c) (local.get $b)))
    (i32.xor (local.get $c) (i32.mul (local.get $a) (local.get $b))))
  (func $merge (param $a i32) (param $b i32) (result i32)
    (block $out (result i32)
      (br_if $out (i32.const 7) (i32.lt_s (local.get $a) (local.get $b)))
      (drop)
      (if (result i32) (local.get $a)
        (then (i32.add (local.get $a) (local.get $b)))
        (else (local.get $b)))))
  (func $calls (param $a i32) (param $slot i32) (result i32)
    (i32.add
      (call $merge (local.get $a) (i32.const 3))
      (call_indirect (type $unary) (local.get $a) (local.get $slot)))))

;;> == code function=registers tier=baseline
;;> 60 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x38
;;>   lea ecx, [rax+5]                       ; registers: i32.add
;;>   mov ebx, ecx                           ; registers: i32.sub
;;>   sub ebx, edx
;;>   mov [r15+rax+8], ebx                   ; registers: i32.store offset=8
;;>   mov ebx, eax                           ; registers: i32.mul
;;>   imul ebx, edx
;;>   xor ebx, ecx                           ; registers: i32.xor
;;>   mov eax, ebx                           ; registers: end
;;>   sub dword [r14+0x68], 0x1d
;;>   js L2
;;> L1:
;;>   leave
;;>   ret
;;> L2:
;;>   mov r11d, 0
;;>   call TierUp
;;>   jmp L1

;;> == code function=merge tier=baseline
;;> 77 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x38
;;>   cmp eax, edx                           ; merge: i32.lt_s
;;>   jge L1                                 ; merge: br_if 0
;;>   mov ecx, 7
;;>   jmp L3
;;> L1:
;;>   test eax, eax                          ; merge: if
;;>   je L2
;;>   lea ecx, [rax+rdx]                     ; merge: i32.add
;;>   jmp L3                                 ; merge: else
;;> L2:
;;>   mov ecx, edx                           ; merge: end
;;> L3:
;;>   mov eax, ecx                           ; merge: end
;;>   sub dword [r14+0x6c], 0x1c
;;>   js L5
;;> L4:
;;>   leave
;;>   ret
;;> L5:
;;>   mov r11d, 1
;;>   call TierUp
;;>   jmp L4

;;> == code function=calls tier=baseline
;;> 208 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x38
;;>   cmp rsp, [r14]
;;>   jb L4
;;> L1:
;;>   mov r11, [r14+0x98]
;;>   mov [rbp-0x10], r11
;;>   inc dword [r14+0x80]
;;>   mov [rbp-0x20], edx                    ; calls: call merge
;;>   mov [rbp-0x18], eax
;;>   mov edx, 3
;;>   mov r10, [rbp-0x10]
;;>   inc qword [r10+8]
;;>   call qword [r14+0xc0]
;;>   mov ecx, [rbp-0x18]                    ; calls: local.get 0
;;>   mov edx, [rbp-0x20]                    ; calls: local.get 1
;;>   mov [rbp-0x28], eax                    ; calls: call_indirect (type 0)
;;>   cmp rdx, [r14+0x58]
;;>   jae L5
;;>   mov r11, [r14+0x50]
;;>   mov r11, [r11+rdx*8]
;;>   cmp dword [r11+0x10], TYPE
;;>   jne L6
;;>   mov eax, ecx
;;>   mov r10, [rbp-0x10]
;;>   cmp [r10+0x10], r11
;;>   jne L7
;;>   inc qword [r10+0x18]
;;> L2:
;;>   mov r14, [r11+8]
;;>   mov r15, [r14+8]
;;>   call qword [r11]
;;>   mov r14, [rbp-8]
;;>   mov r15, [r14+8]
;;>   add eax, [rbp-0x28]                    ; calls: i32.add
;;>   sub dword [r14+0x70], 0x10             ; calls: end
;;>   js L8
;;> L3:
;;>   leave
;;>   ret
;;> L4:
;;>   call StackGuard                        ; calls: (entry)
;;>   jmp L1
;;> L5:
;;>   call Trap                              ; calls: call_indirect (type 0)
;;>   int3
;;> L6:
;;>   call Trap
;;>   int3
;;> L7:
;;>   add r10, 0x10
;;>   call FeedbackMiss
;;>   jmp L2
;;> L8:
;;>   mov r11d, 2                            ; calls: end
;;>   call TierUp
;;>   jmp L3
