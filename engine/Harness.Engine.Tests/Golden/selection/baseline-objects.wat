;; rules: code tier=baseline tier-up=never
;;
;; What the single-pass compiler makes of references and objects.
(module
  (type $pair (struct (field (mut i32)) (field (mut anyref))))
  (type $bytes (array (mut i8)))
  (type $a (sub (struct (field i32))))
  (type $b (sub final $a (struct (field i32) (field i32))))
  (type $f (func (param i32) (result i32)))
  (table $t 8 8 funcref)
  ;; rule: a field
  (func $get (param $s (ref null $pair)) (result i32) (struct.get $pair 0 (local.get $s)))
  ;; rule: an object that is assigned tells the collector
  (func $set (param $s (ref $pair)) (param $x anyref) (struct.set $pair 1 (local.get $s) (local.get $x)))
  ;; rule: null that is assigned tells nobody
  (func $set-null (param $s (ref $pair)) (struct.set $pair 1 (local.get $s) (ref.null any)))
  ;; rule: a byte of an array with its sign
  (func $element (param $a (ref $bytes)) (param $i i32) (result i32) (array.get_s $bytes (local.get $a) (local.get $i)))
  ;; rule: an element with a constant index
  (func $element-constant (param $a (ref $bytes)) (result i32) (array.get_u $bytes (local.get $a) (i32.const 3)))
  ;; rule: a constant is stored in an array
  (func $element-set (param $a (ref $bytes)) (param $i i32) (array.set $bytes (local.get $a) (local.get $i) (i32.const 7)))
  ;; rule: a length
  (func $length (param $a (ref null $bytes)) (result i32) (array.len (local.get $a)))
  ;; rule: a structure is allocated inline
  (func $new (param $x i32) (param $y anyref) (result (ref $pair)) (struct.new $pair (local.get $x) (local.get $y)))
  ;; rule: default fields are cleared
  (func $new-default (result (ref $pair)) (struct.new_default $pair))
  ;; rule: a test and the branch behind it are one
  (func $test (param $x anyref) (result i32)
    (if (result i32) (ref.test (ref $b) (local.get $x)) (then (i32.const 3)) (else (i32.const 4))))
  ;; rule: a cast to an open type looks at the display of supertypes
  (func $cast (param $x anyref) (result (ref $a)) (ref.cast (ref $a) (local.get $x)))
  ;; rule: a branch on null tests the reference
  (func $branch-null (param $x (ref null $a)) (result i32)
    (block $null (return (struct.get $a 0 (br_on_null $null (local.get $x)))))
    (i32.const 7))
  ;; rule: an i31
  (func $i31 (param $x i32) (result i31ref) (ref.i31 (local.get $x)))
  ;; rule: the integer of an i31
  (func $i31-get (param $x i31ref) (result i32) (i31.get_s (local.get $x)))
  ;; rule: a call by a table checks index, null and type
  (func $by-table (param $i i32) (result i32) (call_indirect $t (type $f) (i32.const 1) (local.get $i)))
  ;; rule: a tail call leaves the frame and jumps
  (func $tail (param $s (ref null $pair)) (result i32) (return_call $get (local.get $s))))

;;> == get: a field
;;> 20 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x18
;;>   mov ecx, [rax+8]                       ; get: struct.get 0 0
;;>   mov eax, ecx                           ; get: end
;;>   leave
;;>   ret

;;> == set: an object that is assigned tells the collector
;;> 39 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x28
;;>   mov [rax+0x10], rdx                    ; set: struct.set 0 1
;;>   test byte [rax+4], 4
;;>   jne L2
;;> L1:
;;>   leave                                  ; set: end
;;>   ret
;;> L2:
;;>   mov r11, rax                           ; set: struct.set 0 1
;;>   call Remember
;;>   jmp L1

;;> == set-null: null that is assigned tells nobody
;;> 23 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x28
;;>   mov qword [rax+0x10], 0                ; set-null: struct.set 0 1
;;>   leave                                  ; set-null: end
;;>   ret

;;> == element: a byte of an array with its sign
;;> 37 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x28
;;>   cmp edx, [rax+8]                       ; element: array.get_s 1
;;>   jae L1
;;>   movsx ecx, byte [rax+rdx+0x10]
;;>   mov eax, ecx                           ; element: end
;;>   leave
;;>   ret
;;> L1:
;;>   call Trap                              ; element: array.get_s 1
;;>   int3

;;> == element-constant: an element with a constant index
;;> 37 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x28
;;>   cmp dword [rax+8], 3                   ; element-constant: array.get_u 1
;;>   jbe L1
;;>   movzx ecx, byte [rax+0x13]
;;>   mov eax, ecx                           ; element-constant: end
;;>   leave
;;>   ret
;;> L1:
;;>   call Trap                              ; element-constant: array.get_u 1
;;>   int3

;;> == element-set: a constant is stored in an array
;;> 35 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x38
;;>   cmp edx, [rax+8]                       ; element-set: array.set 1
;;>   jae L1
;;>   mov byte [rax+rdx+0x10], 7
;;>   leave                                  ; element-set: end
;;>   ret
;;> L1:
;;>   call Trap                              ; element-set: array.set 1
;;>   int3

;;> == length: a length
;;> 20 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x18
;;>   mov ecx, [rax+8]                       ; length: array.len
;;>   mov eax, ecx                           ; length: end
;;>   leave
;;>   ret

;;> == new: a structure is allocated inline
;;> 82 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x28
;;> L1:
;;>   mov r11, [r14+0x10]                    ; new: struct.new 0
;;>   mov ecx, 0x18
;;>   add rcx, [r11+0x20]
;;>   cmp rcx, [r11+0x28]
;;>   ja L2
;;>   mov [r11+0x20], rcx
;;>   sub rcx, 0x18
;;>   mov r11, 0x1TYPE
;;>   mov [rcx], r11
;;>   mov [rcx+0x10], rdx
;;>   mov [rcx+8], eax
;;>   mov rax, rcx                           ; new: end
;;>   leave
;;>   ret
;;> L2:
;;>   mov r11d, 0x18                         ; new: struct.new 0
;;>   call CollectGarbage
;;>   jmp L1

;;> == new-default: default fields are cleared
;;> 81 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x18
;;> L1:
;;>   mov r11, [r14+0x10]                    ; new-default: struct.new_default 0
;;>   mov eax, 0x18
;;>   add rax, [r11+0x20]
;;>   cmp rax, [r11+0x28]
;;>   ja L2
;;>   mov [r11+0x20], rax
;;>   sub rax, 0x18
;;>   mov r11, 0x1TYPE
;;>   mov [rax], r11
;;>   xorps xmm15, xmm15
;;>   movups [rax+8], xmm15
;;>   leave                                  ; new-default: end
;;>   ret
;;> L2:
;;>   mov r11d, 0x18                         ; new-default: struct.new_default 0
;;>   call CollectGarbage
;;>   jmp L1

;;> == test: a test and the branch behind it are one
;;> 54 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x18
;;>   cmp rax, 1                             ; test: ref.test
;;>   jb L1
;;>   test al, 1
;;>   jne L1
;;>   cmp dword [rax], TYPE
;;> L1:
;;>   jne L2                                 ; test: if
;;>   mov ecx, 3                             ; test: else
;;>   jmp L3
;;> L2:
;;>   mov ecx, 4                             ; test: end
;;> L3:
;;>   mov eax, ecx                           ; test: end
;;>   leave
;;>   ret

;;> == cast: a cast to an open type looks at the display of supertypes
;;> 57 bytes
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
;;>   cmp dword [r11], TYPE
;;> L1:
;;>   jne L2
;;>   leave                                  ; cast: end
;;>   ret
;;> L2:
;;>   call Trap                              ; cast: ref.cast
;;>   int3

;;> == branch-null: a branch on null tests the reference
;;> 36 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x18
;;>   test rax, rax                          ; branch-null: br_on_null 0
;;>   je L1
;;>   mov ecx, [rax+8]                       ; branch-null: struct.get 2 0
;;>   mov eax, ecx                           ; branch-null: return
;;>   leave
;;>   ret
;;> L1:
;;>   mov eax, 7                             ; branch-null: end
;;>   leave
;;>   ret

;;> == i31: an i31
;;> 22 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x18
;;>   lea ecx, [rax+rax+1]                   ; i31: ref.i31
;;>   mov rax, rcx                           ; i31: end
;;>   leave
;;>   ret

;;> == i31-get: the integer of an i31
;;> 34 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x18
;;>   mov rcx, rax                           ; i31-get: i31.get_s
;;>   sar ecx, 1
;;>   jae L1
;;>   mov eax, ecx                           ; i31-get: end
;;>   leave
;;>   ret
;;> L1:
;;>   call Trap                              ; i31-get: i31.get_s
;;>   int3

;;> == by-table: a call by a table checks index, null and type
;;> 98 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x28
;;>   cmp rsp, [r14]
;;>   jb L2
;;> L1:
;;>   mov [rbp-0x18], eax                    ; by-table: call_indirect (type 4)
;;>   cmp rax, [r14+0x48]
;;>   jae L3
;;>   mov r11, [r14+0x40]
;;>   mov r11, [r11+rax*8]
;;>   cmp dword [r11+0x10], TYPE
;;>   jne L4
;;>   mov eax, 1
;;>   mov r14, [r11+8]
;;>   mov r15, [r14+8]
;;>   call qword [r11]
;;>   mov r14, [rbp-8]
;;>   leave                                  ; by-table: end
;;>   ret
;;> L2:
;;>   call StackGuard                        ; by-table: (entry)
;;>   jmp L1
;;> L3:
;;>   call Trap                              ; by-table: call_indirect (type 4)
;;>   int3
;;> L4:
;;>   call Trap
;;>   int3

;;> == tail: a tail call leaves the frame and jumps
;;> 37 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x18
;;>   cmp rsp, [r14]
;;>   jb L2
;;> L1:
;;>   leave                                  ; tail: return_call get
;;>   jmp qword [r14+0x160]
;;> L2:
;;>   call StackGuard                        ; tail: (entry)
;;>   jmp L1
