;; test: code function=ref tier=baseline tier-up=never
;; test: code function=ref tier=optimized
;; test: code function=import tier=optimized
;; test: code function=caller tier=baseline tier-up=never
;; test: code function=caller tier=optimized
;;
;; A tail call to another instance takes down the frame like any other; only one of the host is called and returned from. Who calls a function
;; with such a tail call directly loads its own instance again; who calls another function does not.
(module
  (type $t (func (param i32) (result i32)))
  (import "m" "f" (func $f (type $t)))
  (global $g (mut i32) (i32.const 0))
  (func $ref (param i32 (ref null $t)) (result i32) (return_call_ref $t (local.get 0) (local.get 1)))
  (func $import (type $t) (return_call $f (local.get 0)))
  (func $stays (type $t) (return_call $stays (local.get 0)))
  (func $caller (type $t)
    (i32.add (call $stays (call $import (local.get 0))) (global.get $g))))

;;> == code function=ref tier=baseline tier-up=never
;;> 97 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x28
;;>   cmp rsp, [r14]
;;>   jb L2
;;> L1:
;;>   mov r11, rdx                           ; ref: return_call_ref 0
;;>   test r11, r11
;;>   je L3
;;>   cmp r14, [r11+8]
;;>   jne L4
;;>   leave
;;>   jmp qword [r11]
;;> L2:
;;>   call StackGuard                        ; ref: (entry)
;;>   jmp L1
;;> L3:
;;>   call Trap                              ; ref: return_call_ref 0
;;>   int3
;;> L4:
;;>   cmp qword [r11+0x18], 0
;;>   jne L5
;;>   mov r14, [r11+8]
;;>   mov r15, [r14+8]
;;>   leave
;;>   jmp qword [r11]
;;> L5:
;;>   mov r14, [r11+8]
;;>   mov r15, [r14+8]
;;>   call qword [r11]
;;>   leave
;;>   ret

;;> == code function=ref tier=optimized
;;> 93 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   cmp rsp, [r14]
;;>   jb L2
;;> L1:
;;>   test rdx, rdx                          ; ref: return_call_ref 0
;;>   je L3
;;>   mov r11, rdx
;;>   cmp r14, [r11+8]
;;>   jne L4
;;>   leave
;;>   jmp qword [r11]
;;> L2:
;;>   call StackGuard                        ; ref: (entry)
;;>   jmp L1
;;> L3:
;;>   call Trap                              ; ref: return_call_ref 0
;;> L4:
;;>   cmp qword [r11+0x18], 0
;;>   jne L5
;;>   mov r14, [r11+8]
;;>   mov r15, [r14+8]
;;>   leave
;;>   jmp qword [r11]
;;> L5:
;;>   mov r14, [r11+8]
;;>   mov r15, [r14+8]
;;>   call qword [r11]
;;>   leave
;;>   ret

;;> == code function=import tier=optimized
;;> 66 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   cmp rsp, [r14]
;;>   jb L3
;;> L1:
;;>   mov r11, [r14+0x48]                    ; import: return_call f
;;>   cmp qword [r11+0x18], 0
;;>   jne L2
;;>   mov r14, [r11+8]
;;>   mov r15, [r14+8]
;;>   leave
;;>   jmp qword [r11]
;;> L2:
;;>   mov r14, [r11+8]
;;>   mov r15, [r14+8]
;;>   call qword [r11]
;;>   leave
;;>   ret
;;> L3:
;;>   call StackGuard                        ; import: (entry)
;;>   jmp L1

;;> == code function=caller tier=baseline tier-up=never
;;> 58 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x28
;;>   cmp rsp, [r14]
;;>   jb L2
;;> L1:
;;>   mov [rbp-0x18], eax                    ; caller: call import
;;>   call qword [r14+0xc0]
;;>   mov r14, [rbp-8]
;;>   call qword [r14+0xe0]                  ; caller: call stays
;;>   mov ecx, [r14+0x40]                    ; caller: global.get 0
;;>   add eax, ecx                           ; caller: i32.add
;;>   leave                                  ; caller: end
;;>   ret
;;> L2:
;;>   call StackGuard                        ; caller: (entry)
;;>   jmp L1

;;> == code function=caller tier=optimized
;;> 60 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   cmp rsp, [r14]
;;>   jb L2
;;> L1:
;;>   mov r11, [r14+0x48]                    ; import: return_call f
;;>   mov r14, [r11+8]
;;>   mov r15, [r14+8]
;;>   call qword [r11]
;;>   mov r14, [rbp-8]
;;>   call qword [r14+0xe0]                  ; stays: return_call stays
;;>   mov ecx, [r14+0x40]                    ; caller: global.get 0
;;>   add eax, ecx                           ; caller: i32.add
;;>   leave                                  ; caller: end
;;>   ret
;;> L2:
;;>   call StackGuard                        ; caller: (entry)
;;>   jmp L1
