;; test: code function=make tier=baseline
;; test: code function=get tier=baseline
;; test: code function=set tier=baseline
;; test: code function=element tier=baseline
;; test: code function=cast tier=baseline
;; test: code function=cast-final tier=baseline
;; test: code function=branch tier=baseline
;;
;; Objects in the single-pass compiler: allocation advances the nursery's top, and calls the collector where that passes its end;
;; null traps by a fault of the access; an old object in which a reference is stored is remembered; a cast compares the exact type
;; first, then the supertype at the type's depth.
(module
  (type $base (sub (struct (field $id i32))))
  (type $node (sub $base (struct (field $id i32) (field $next (mut (ref null $base))))))
  (type $final (sub final $base (struct (field $id i32) (field $byte i8))))
  (type $list (array (mut (ref null $base))))
  (func $make (param $id i32) (param $next (ref null $base)) (result (ref $node))
    (struct.new $node (i32.add (local.get $id) (i32.const 1)) (local.get $next)))
  (func $get (param $node (ref null $node)) (result i32)
    (struct.get $node $id (local.get $node)))
  (func $set (param $node (ref null $node)) (param $next (ref null $base))
    (struct.set $node $next (local.get $node) (local.get $next))
    (struct.set $node $next (local.get $node) (ref.null $base)))
  (func $element (param $list (ref null $list)) (param $index i32) (result (ref null $base))
    (array.get $list (local.get $list) (local.get $index)))
  (func $cast (param $object anyref) (result (ref $node))
    (ref.cast (ref $node) (local.get $object)))
  (func $cast-final (param $object anyref) (result (ref null $final))
    (ref.cast (ref null $final) (local.get $object)))
  (func $branch (param $object (ref null $base)) (result i32)
    (block $other (result (ref null $base))
      (return (struct.get_u $final $byte
        (br_on_cast_fail $other (ref null $base) (ref $final) (local.get $object)))))
    (drop)
    (i32.const 0)))

;;> == code function=make tier=baseline
;;> 109 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x28
;;>   lea ecx, [rax+1]                       ; make: i32.add
;;> L1:
;;>   mov r11, [r14+0x10]                    ; make: struct.new 1
;;>   mov ebx, 0x18
;;>   add rbx, [r11+0x20]
;;>   cmp rbx, [r11+0x28]
;;>   ja L3
;;>   mov [r11+0x20], rbx
;;>   sub rbx, 0x18
;;>   mov r11, 0x1TYPE
;;>   mov [rbx], r11
;;>   mov [rbx+0x10], rdx
;;>   mov [rbx+8], ecx
;;>   mov rax, rbx                           ; make: end
;;>   sub dword [r14+0x40], 0xc
;;>   js L4
;;> L2:
;;>   leave
;;>   ret
;;> L3:
;;>   mov r11d, 0x18                         ; make: struct.new 1
;;>   call CollectGarbage
;;>   jmp L1
;;> L4:
;;>   mov r11d, 0                            ; make: end
;;>   call TierUp
;;>   jmp L2

;;> == code function=get tier=baseline
;;> 44 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x18
;;>   mov ecx, [rax+8]                       ; get: struct.get 1 0
;;>   mov eax, ecx                           ; get: end
;;>   sub dword [r14+0x44], 8
;;>   js L2
;;> L1:
;;>   leave
;;>   ret
;;> L2:
;;>   mov r11d, 1
;;>   call TierUp
;;>   jmp L1

;;> == code function=set tier=baseline
;;> 71 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x28
;;>   mov [rax+0x10], rdx                    ; set: struct.set 1 1
;;>   test byte [rax+4], 4
;;>   jne L3
;;> L1:
;;>   mov qword [rax+0x10], 0                ; set: struct.set 1 1
;;>   sub dword [r14+0x48], 0x12             ; set: end
;;>   js L4
;;> L2:
;;>   leave
;;>   ret
;;> L3:
;;>   mov r11, rax                           ; set: struct.set 1 1
;;>   call Remember
;;>   jmp L1
;;> L4:
;;>   mov r11d, 2                            ; set: end
;;>   call TierUp
;;>   jmp L2

;;> == code function=element tier=baseline
;;> 62 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x28
;;>   cmp edx, [rax+8]                       ; element: array.get 3
;;>   jae L2
;;>   mov rcx, [rax+rdx*8+0x10]
;;>   mov rax, rcx                           ; element: end
;;>   sub dword [r14+0x4c], 9
;;>   js L3
;;> L1:
;;>   leave
;;>   ret
;;> L2:
;;>   call Trap                              ; element: array.get 3
;;>   int3
;;> L3:
;;>   mov r11d, 3                            ; element: end
;;>   call TierUp
;;>   jmp L1

;;> == code function=cast tier=baseline
;;> 82 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x18
;;>   test al, 1                             ; cast: ref.cast
;;>   jne L1
;;>   cmp dword [rax], TYPE
;;>   je L1
;;>   mov r11d, [rax]
;;>   shl r11, 8
;;>   add r11, [r14+0x30]
;;>   cmp dword [r11+4], TYPE
;;> L1:
;;>   jne L3
;;>   sub dword [r14+0x50], 7                ; cast: end
;;>   js L4
;;> L2:
;;>   leave
;;>   ret
;;> L3:
;;>   call Trap                              ; cast: ref.cast
;;>   int3
;;> L4:
;;>   mov r11d, 4                            ; cast: end
;;>   call TierUp
;;>   jmp L2

;;> == code function=cast-final tier=baseline
;;> 66 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x18
;;>   test rax, rax                          ; cast-final: ref.cast null
;;>   je L1
;;>   test al, 1
;;>   jne L1
;;>   cmp dword [rax], TYPE
;;> L1:
;;>   jne L3
;;>   sub dword [r14+0x54], 7                ; cast-final: end
;;>   js L4
;;> L2:
;;>   leave
;;>   ret
;;> L3:
;;>   call Trap                              ; cast-final: ref.cast null
;;>   int3
;;> L4:
;;>   mov r11d, 5                            ; cast-final: end
;;>   call TierUp
;;>   jmp L2

;;> == code function=branch tier=baseline
;;> 99 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x18
;;>   cmp rax, 1                             ; branch: br_on_cast_fail
;;>   jb L1
;;>   cmp dword [rax], TYPE
;;> L1:
;;>   je L2
;;>   mov rcx, rax
;;>   jmp L4
;;> L2:
;;>   movzx ecx, byte [rax+0xc]              ; branch: struct.get_u 2 1
;;>   mov eax, ecx                           ; branch: return
;;>   sub dword [r14+0x58], 0x11
;;>   js L6
;;> L3:
;;>   leave
;;>   ret
;;> L4:
;;>   xor eax, eax                           ; branch: end
;;>   sub dword [r14+0x58], 0x16
;;>   js L7
;;> L5:
;;>   leave
;;>   ret
;;> L6:
;;>   mov r11d, 6                            ; branch: return
;;>   call TierUp
;;>   jmp L3
;;> L7:
;;>   mov r11d, 6                            ; branch: end
;;>   call TierUp
;;>   jmp L5
