;; test: code function=f tier=optimized
;;
;; What lives across calls lies in the frame. A parameter of a block has the slot of what is passed to it: three locals that every arm
;; passes on take one slot each.
(module
  (import "host" "g" (func $g (param i32) (result i32)))
  (func $f (param $n i32) (result i32) (local $a i32) (local $b i32) (local $c i32)
    (loop $next
      (if (i32.and (local.get $n) (i32.const 1))
        (then (local.set $a (call $g (local.get $a))))
        (else
          (if (i32.and (local.get $n) (i32.const 2))
            (then (local.set $b (call $g (local.get $b))))
            (else (local.set $c (call $g (local.get $c)))))))
      (br_if $next (local.tee $n (call $g (local.get $n)))))
    (i32.add (local.get $a) (i32.mul (local.get $b) (local.get $c)))))

;;> == code function=f tier=optimized
;;> 298 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x28
;;>   cmp rsp, [r14]
;;>   jb L9
;;> L1:
;;>   xor ecx, ecx                           ; f: loop
;;>   mov qword [rbp-0x10], 0
;;>   mov qword [rbp-0x18], 0
;;>   nop word [rax+rax]
;;>   nop word [rax+rax]
;;>   nop word [rax+rax]
;;> L2:
;;>   mov [rbp-0x20], rax
;;>   mov [rbp-0x28], rcx
;;>   cmp rsp, [r14]
;;>   jb L10
;;> L3:
;;>   test eax, 1                            ; f: if
;;>   je L4
;;>   mov eax, ecx                           ; f: call g
;;>   mov r11, [r14+0x40]
;;>   mov r14, [r11+8]
;;>   mov r15, [r14+8]
;;>   call qword [r11]
;;>   mov r14, [rbp-8]
;;>   mov ebx, [rbp-0x10]                    ; f: else
;;>   mov edx, [rbp-0x18]
;;>   mov [rbp-0x28], rax
;;>   jmp L7
;;> L4:
;;>   mov edx, [rbp-0x18]                    ; f: if
;;>   mov ebx, [rbp-0x10]
;;>   test eax, 2
;;>   je L5
;;>   mov eax, ebx                           ; f: call g
;;>   mov r11, [r14+0x40]
;;>   mov r14, [r11+8]
;;>   mov r15, [r14+8]
;;>   call qword [r11]
;;>   mov r14, [rbp-8]
;;>   mov ecx, [rbp-0x18]                    ; f: else
;;>   mov edx, ecx
;;>   mov ecx, eax
;;>   mov eax, [rbp-0x28]
;;>   jmp L6
;;> L5:
;;>   mov ecx, edx                           ; f: call g
;;>   mov eax, ecx
;;>   mov r11, [r14+0x40]
;;>   mov r14, [r11+8]
;;>   mov r15, [r14+8]
;;>   call qword [r11]
;;>   mov r14, [rbp-8]
;;>   mov ecx, [rbp-0x10]                    ; f: end
;;>   mov edx, eax
;;>   mov eax, [rbp-0x28]
;;> L6:
;;>   mov [rbp-0x10], rcx                    ; f: end
;;>   mov [rbp-0x18], rdx
;;> L7:
;;>   mov eax, [rbp-0x20]                    ; f: call g
;;>   mov r11, [r14+0x40]
;;>   mov r14, [r11+8]
;;>   mov r15, [r14+8]
;;>   call qword [r11]
;;>   mov r14, [rbp-8]
;;>   test eax, eax                          ; f: br_if 0
;;>   je L8
;;>   mov edx, [rbp-0x18]
;;>   mov ecx, [rbp-0x28]
;;>   mov ebx, [rbp-0x10]
;;>   jmp L2
;;> L8:
;;>   mov edx, [rbp-0x18]                    ; f: i32.mul
;;>   mov ecx, [rbp-0x28]
;;>   mov ebx, [rbp-0x10]
;;>   imul ebx, edx
;;>   add ebx, ecx                           ; f: i32.add
;;>   mov eax, ebx                           ; f: end
;;>   leave
;;>   ret
;;> L9:
;;>   call StackGuard                        ; f: (entry)
;;>   jmp L1
;;> L10:
;;>   call StackGuard                        ; f: loop
;;>   jmp L3
