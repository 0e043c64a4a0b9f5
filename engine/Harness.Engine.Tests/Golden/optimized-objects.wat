;; test: code function=access tier=optimized
;; test: code function=allocate tier=optimized
;; test: code function=constants tier=optimized
;; test: code function=array tier=optimized
;; test: code function=store tier=optimized
;; test: code function=final tier=optimized
;; test: code function=open tier=optimized
;; test: code function=narrow tier=optimized
;; test: ir function=casts after=end
;;
;; Objects in optimized code: null checks by fault, allocation inline, write barriers and casts without calls.
(module
  (type $open (sub (struct (field (mut i32)) (field (mut i8)))))
  (type $closed (sub final $open (struct (field (mut i32)) (field (mut i8)) (field (mut (ref null $open))))))
  (type $boxed (struct (field i32) (field (mut i32)) (field f64)))
  (type $a (array (mut i32)))
  (func $access (param $s (ref null $open)) (result i32)
    (i32.add (struct.get $open 0 (local.get $s)) (struct.get_s $open 1 (local.get $s))))
  (func $allocate (param $x i32) (param $next (ref null $open)) (result (ref $open))
    (struct.new $closed (local.get $x) (i32.const 7) (local.get $next)))
  (func $constants (param $x f64) (result (ref $boxed))
    (struct.new $boxed (i32.const 3) (i32.const 0) (local.get $x)))
  (func $array (param $a (ref $a)) (param $i i32) (result i32)
    (array.get $a (local.get $a) (local.get $i)))
  (func $store (param $s (ref null $closed)) (param $x (ref null $open))
    (struct.set $closed 2 (local.get $s) (local.get $x)))
  (func $final (param $x anyref) (result i32)
    (struct.get $closed 0 (ref.cast (ref $closed) (local.get $x))))
  (func $open (param $x (ref null $open)) (param $y anyref) (result i32)
    (block $yes (result (ref $open))
      (drop (br_on_cast $yes anyref (ref $open) (local.get $y)))
      (return (i32.const 1)))
    (struct.get $open 0))
  ;; Null faults where the object is read; a type with subtypes is one comparison in the row of the object's type.
  (func $narrow (param $x (ref null $open)) (param $y (ref null struct)) (result i32)
    (i32.add
      (struct.get $closed 0 (ref.cast (ref $closed) (local.get $x)))
      (struct.get $open 0 (ref.cast (ref $open) (local.get $y)))))
  ;; Casts of one reference to different types are different checks.
  (func $casts (param $x anyref)
    (drop (ref.cast anyref (local.get $x)))
    (drop (ref.cast structref (local.get $x)))
    (drop (ref.cast arrayref (local.get $x)))))

;;> == code function=access tier=optimized
;;> 23 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   mov ecx, [rax+8]                       ; access: struct.get 0 0
;;>   movsx eax, byte [rax+0xc]              ; access: struct.get_s 0 1
;;>   add ecx, eax                           ; access: i32.add
;;>   mov eax, ecx                           ; access: end
;;>   leave
;;>   ret

;;> == code function=allocate tier=optimized
;;> 82 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;> L1:
;;>   mov r11, [r14+0x10]                    ; allocate: struct.new 1
;;>   mov rcx, [r11+0x20]
;;>   add rcx, 0x18
;;>   cmp rcx, [r11+0x28]
;;>   ja L2
;;>   mov [r11+0x20], rcx
;;>   sub rcx, 0x18
;;>   mov r11, 0x1TYPE
;;>   mov [rcx], r11
;;>   mov [rcx+8], eax
;;>   mov byte [rcx+0xc], 7
;;>   mov [rcx+0x10], rdx
;;>   mov rax, rcx                           ; allocate: end
;;>   leave
;;>   ret
;;> L2:
;;>   mov r11d, 0x18                         ; allocate: struct.new 1
;;>   call CollectGarbage
;;>   jmp L1

;;> == code function=constants tier=optimized
;;> 81 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;> L1:
;;>   mov r11, [r14+0x10]                    ; constants: struct.new 2
;;>   mov rax, [r11+0x20]
;;>   add rax, 0x18
;;>   cmp rax, [r11+0x28]
;;>   ja L2
;;>   mov [r11+0x20], rax
;;>   sub rax, 0x18
;;>   mov r11, 0x1TYPE
;;>   mov [rax], r11
;;>   mov qword [rax+8], 3
;;>   movsd [rax+0x10], xmm0
;;>   leave                                  ; constants: end
;;>   ret
;;> L2:
;;>   mov r11d, 0x18                         ; constants: struct.new 2
;;>   call CollectGarbage
;;>   jmp L1

;;> == code function=array tier=optimized
;;> 30 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   cmp edx, [rax+8]                       ; array: array.get 3
;;>   jae L1
;;>   mov eax, [rax+rdx*4+0x10]
;;>   leave                                  ; array: end
;;>   ret
;;> L1:
;;>   call Trap                              ; array: array.get 3

;;> == code function=store tier=optimized
;;> 36 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   mov [rax+0x10], rdx                    ; store: struct.set 1 2
;;>   test byte [rax+4], 4
;;>   jne L2
;;> L1:
;;>   leave                                  ; store: end
;;>   ret
;;> L2:
;;>   mov r11, rax                           ; store: struct.set 1 2
;;>   call Remember
;;>   jmp L1

;;> == code function=final tier=optimized
;;> 40 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   test al, 1                             ; final: ref.cast
;;>   jne L1
;;>   cmp dword [rax], TYPE
;;>   jne L1
;;>   mov eax, [rax+8]                       ; final: struct.get 1 0
;;>   leave                                  ; final: end
;;>   ret
;;> L1:
;;>   call Trap                              ; final: ref.cast

;;> == code function=open tier=optimized
;;> 52 bytes
;;>   test rdx, rdx                          ; open: br_on_cast
;;>   je L1
;;>   test dl, 1
;;>   jne L1
;;>   mov r11d, [rdx]
;;>   shl r11, 8
;;>   cmp dword [r11+0x40000000], TYPE
;;>   jne L1
;;>   mov eax, [rdx+8]                       ; open: struct.get 0 0
;;>   ret                                    ; open: end
;;> L1:
;;>   mov eax, 1                             ; open: return
;;>   ret

;;> == code function=narrow tier=optimized
;;> 64 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   cmp dword [rax], TYPE                  ; narrow: ref.cast
;;>   jne L1
;;>   mov eax, [rax+8]                       ; narrow: struct.get 1 0
;;>   mov r11d, [rdx]                        ; narrow: ref.cast
;;>   shl r11, 8
;;>   cmp dword [r11+0x40000000], TYPE
;;>   jne L2
;;>   add eax, [rdx+8]                       ; narrow: i32.add
;;>   leave                                  ; narrow: end
;;>   ret
;;> L1:
;;>   call Trap                              ; narrow: ref.cast
;;> L2:
;;>   call Trap                              ; narrow: ref.cast

;;> == ir function=casts after=end
;;> at the end
;;> b0:
;;>   v0: (ref null any) = argument #0
;;>   v1: (ref null struct) = ref_cast v0
;;>   v2: (ref null array) = ref_cast v1
;;>   return
