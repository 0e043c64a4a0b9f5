;; test: code function=f tier=optimized
;;
;; The moves of an edge do not lie between a branch and the block that it falls into.
(module
  (func $f (param $n i32) (param $m i32) (result i32) (local $sum i32)
    (block $done
      (loop $next
        (br_if $done (i32.eq (local.get $n) (local.get $m)))
        (if (i32.and (local.get $n) (i32.const 1))
          (then (local.set $sum (i32.sub (i32.const 7) (local.get $n)))))
        (local.set $n (i32.sub (local.get $n) (local.get $sum)))
        (br $next)))
    (local.get $sum)))

;;> == code function=f tier=optimized
;;> 151 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   cmp rsp, [r14]                         ; f: loop
;;>   jb L10
;;> L1:
;;>   cmp eax, edx                           ; f: br_if 1
;;>   je L9
;;>   xor ecx, ecx
;;>   nop dword [rax]
;;> L2:
;;>   test eax, 1                            ; f: if
;;>   je L3
;;>   mov ecx, 7                             ; f: i32.sub
;;>   sub ecx, eax
;;> L3:
;;>   sub eax, ecx                           ; f: i32.sub
;;>   cmp rsp, [r14]                         ; f: loop
;;>   jb L11
;;> L4:
;;>   cmp eax, edx                           ; f: br_if 1
;;>   je L8
;;>   test eax, 1                            ; f: if
;;>   je L5
;;>   mov ecx, 7                             ; f: i32.sub
;;>   sub ecx, eax
;;> L5:
;;>   sub eax, ecx                           ; f: i32.sub
;;>   cmp eax, edx                           ; f: br_if 1
;;>   je L8
;;>   test eax, 1                            ; f: if
;;>   je L6
;;>   mov ecx, 7                             ; f: i32.sub
;;>   sub ecx, eax
;;> L6:
;;>   sub eax, ecx                           ; f: i32.sub
;;>   cmp eax, edx                           ; f: br_if 1
;;>   je L8
;;>   test eax, 1                            ; f: if
;;>   je L7
;;>   mov ecx, 7                             ; f: i32.sub
;;>   sub ecx, eax
;;> L7:
;;>   sub eax, ecx                           ; f: i32.sub
;;>   cmp eax, edx                           ; f: br_if 1
;;>   jne L2
;;> L8:
;;>   mov eax, ecx                           ; f: end
;;>   leave
;;>   ret
;;> L9:
;;>   xor ecx, ecx                           ; f: br_if 1
;;>   jmp L8
;;> L10:
;;>   call StackGuard                        ; f: loop
;;>   jmp L1
;;> L11:
;;>   call StackGuard
;;>   jmp L4
