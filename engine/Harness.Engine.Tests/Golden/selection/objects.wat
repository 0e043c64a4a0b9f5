;; rules: code tier=optimized
;;
;; Fields, elements, i31s, write barriers, and new objects.
(module
  (type $s (struct (field $i (mut i32)) (field $l (mut i64)) (field $f (mut f32)) (field $d (mut f64))
    (field $b (mut i8)) (field $w (mut i16)) (field $r (mut anyref)) (field $c i32)))
  (type $pair (struct (field (mut i32)) (field (mut i32))))
  (type $refs (struct (field (mut i31ref)) (field (mut funcref)) (field (mut externref)) (field (mut eqref))))
  (type $ints (array (mut i32)))
  (type $bytes (array (mut i8)))
  (type $longs (array (mut i64)))
  (type $objects (array (mut anyref)))
  (type $constants (array i16))
  ;; rule: a field of a reference that is not null
  (func $get (param $s (ref $s)) (result i32) (struct.get $s $i (local.get $s)))
  ;; rule: a field of a reference that may be null: the access faults
  (func $get-nullable (param $s (ref null $s)) (result i64) (struct.get $s $l (local.get $s)))
  ;; rules: code tier=optimized needs=avx
  ;; rule: a float field
  (func $get-float (param $s (ref $s)) (result f32) (struct.get $s $f (local.get $s)))
  ;; rule: a double field
  (func $get-double (param $s (ref $s)) (result f64) (struct.get $s $d (local.get $s)))
  ;; rules: code tier=optimized
  ;; rule: a packed field with its sign
  (func $get-s (param $s (ref $s)) (result i32) (struct.get_s $s $b (local.get $s)))
  ;; rule: a packed field with zeros
  (func $get-u (param $s (ref $s)) (result i32) (struct.get_u $s $w (local.get $s)))
  ;; rule: a field as an operand
  (func $get-add (param $s (ref $s)) (param $x i32) (result i32) (i32.add (local.get $x) (struct.get $s $i (local.get $s))))
  ;; rule: a field of a reference that may be null as an operand
  (func $get-add-nullable (param $s (ref null $s)) (param $x i32) (result i32) (i32.add (local.get $x) (struct.get $s $i (local.get $s))))
  ;; rule: a packed field is no operand
  (func $get-add-packed (param $s (ref $s)) (param $x i32) (result i32) (i32.add (local.get $x) (struct.get_u $s $b (local.get $s))))
  ;; rule: a field compared with a constant
  (func $get-compare (param $s (ref $s)) (result i32) (i32.gt_s (struct.get $s $i (local.get $s)) (i32.const 9)))
  ;; rule: the second access to a reference that may be null does not check again
  (func $get-two (param $s (ref null $s)) (result i32) (i32.add (struct.get $s $i (local.get $s)) (struct.get $s $c (local.get $s))))
  ;; rule: a field is assigned
  (func $set (param $s (ref $s)) (param $x i32) (struct.set $s $i (local.get $s) (local.get $x)))
  ;; rule: a constant is assigned to a packed field
  (func $set-packed (param $s (ref $s)) (struct.set $s $b (local.get $s) (i32.const 300)))
  ;; rules: code tier=optimized needs=avx
  ;; rule: a double is assigned
  (func $set-double (param $s (ref $s)) (param $x f64) (struct.set $s $d (local.get $s) (local.get $x)))
  ;; rules: code tier=optimized
  ;; rule: an object that is assigned tells the collector
  (func $set-object (param $s (ref $s)) (param $x anyref) (struct.set $s $r (local.get $s) (local.get $x)))
  ;; rule: null that is assigned tells nobody
  (func $set-null (param $s (ref $s)) (struct.set $s $r (local.get $s) (ref.null none)))
  ;; rule: an i31 that is assigned tells nobody
  (func $set-i31 (param $s (ref $s)) (param $x i32) (struct.set $s $r (local.get $s) (ref.i31 (local.get $x))))
  ;; rule: a field that holds only i31s tells nobody
  (func $set-i31-field (param $s (ref $refs)) (param $x i31ref) (struct.set $refs 0 (local.get $s) (local.get $x)))
  ;; rule: a function that is assigned tells nobody
  (func $set-function (param $s (ref $refs)) (param $x funcref) (struct.set $refs 1 (local.get $s) (local.get $x)))
  ;; rule: an object of the host that is assigned tells the collector
  (func $set-extern (param $s (ref $refs)) (param $x externref) (struct.set $refs 2 (local.get $s) (local.get $x)))
  ;; rule: what is assigned to an object that was just made tells nobody
  (func $set-fresh (param $x anyref) (param $y anyref) (result (ref $objects))
    (local $a (ref $objects))
    (local.set $a (array.new_fixed $objects 1 (local.get $x)))
    (array.set $objects (local.get $a) (i32.const 0) (local.get $y))
    (local.get $a))
  ;; rule: an element, its index checked
  (func $element (param $a (ref $ints)) (param $i i32) (result i32) (array.get $ints (local.get $a) (local.get $i)))
  ;; rule: an element of a reference that may be null: the read of the length faults
  (func $element-nullable (param $a (ref null $ints)) (param $i i32) (result i32) (array.get $ints (local.get $a) (local.get $i)))
  ;; rule: an element with a constant index
  (func $element-constant (param $a (ref $ints)) (result i32) (array.get $ints (local.get $a) (i32.const 3)))
  ;; rule: a byte of an array with its sign
  (func $element-byte (param $a (ref $bytes)) (param $i i32) (result i32) (array.get_s $bytes (local.get $a) (local.get $i)))
  ;; rule: an element of 64 bits is scaled by 8
  (func $element-long (param $a (ref $longs)) (param $i i32) (result i64) (array.get $longs (local.get $a) (local.get $i)))
  ;; rule: an element as an operand
  (func $element-add (param $a (ref $ints)) (param $i i32) (param $x i32) (result i32)
    (i32.add (local.get $x) (array.get $ints (local.get $a) (local.get $i))))
  ;; rule: a second access with the same index is not checked again
  (func $element-update (param $a (ref $ints)) (param $i i32)
    (array.set $ints (local.get $a) (local.get $i) (i32.add (array.get $ints (local.get $a) (local.get $i)) (i32.const 1))))
  ;; rule: neighbours are checked both
  (func $element-neighbours (param $a (ref $ints)) (param $i i32) (result i32)
    (i32.add (array.get $ints (local.get $a) (local.get $i)) (array.get $ints (local.get $a) (i32.add (local.get $i) (i32.const 1)))))
  ;; rule: an index that a mask bounds is compared with the length
  (func $element-masked (param $a (ref $ints)) (param $i i32) (result i32)
    (array.get $ints (local.get $a) (i32.and (local.get $i) (i32.const 7))))
  ;; rule: an element that never changes is read once
  (func $element-constants (param $a (ref $constants)) (param $i i32) (result i32)
    (i32.add (array.get_u $constants (local.get $a) (local.get $i)) (array.get_u $constants (local.get $a) (local.get $i))))
  ;; rule: an object that is stored in an array tells the collector where
  (func $element-set-object (param $a (ref $objects)) (param $i i32) (param $x anyref)
    (array.set $objects (local.get $a) (local.get $i) (local.get $x)))
  ;; rule: a byte is stored in an array
  (func $element-set-byte (param $a (ref $bytes)) (param $i i32) (param $x i32)
    (array.set $bytes (local.get $a) (local.get $i) (local.get $x)))
  ;; rule: a length
  (func $length (param $a (ref null $ints)) (result i32) (array.len (local.get $a)))
  ;; rule: a length is compared in the object
  (func $length-compare (param $a (ref $ints)) (param $i i32) (result i32)
    (if (result i32) (i32.lt_u (local.get $i) (array.len (local.get $a))) (then (i32.const 3)) (else (i32.const 4))))
  ;; rule: a comparison with the length is the check of the access behind it
  (func $length-checked (param $a (ref $ints)) (param $i i32) (result i32)
    (if (result i32) (i32.lt_u (local.get $i) (array.len (local.get $a)))
      (then (array.get $ints (local.get $a) (local.get $i))) (else (i32.const 0))))
  ;; rule: an i31 is twice the integer plus one
  (func $i31 (param $x i32) (result i31ref) (ref.i31 (local.get $x)))
  ;; rule: the integer of an i31 with its sign, null checked
  (func $i31-get-s (param $x i31ref) (result i32) (i31.get_s (local.get $x)))
  ;; rule: the integer of an i31 that is not null, with zeros
  (func $i31-get-u (param $x (ref i31)) (result i32) (i31.get_u (local.get $x)))
  ;; rule: the integer of an i31 that was just made needs no i31
  (func $i31-both (param $x i32) (result i32) (i31.get_s (ref.i31 (local.get $x))))
  ;; rule: a structure is allocated inline, its header written first
  (func $new (param $x i32) (param $y i32) (result (ref $pair)) (struct.new $pair (local.get $x) (local.get $y)))
  ;; rule: two constants of 32 bits are stored at once
  (func $new-constants (result (ref $pair)) (struct.new $pair (i32.const 1) (i32.const 0)))
  ;; rule: two constants that do not fit in an instruction are stored one by one
  (func $new-large-constants (result (ref $pair)) (struct.new $pair (i32.const 1) (i32.const 2)))
  ;; rule: default fields are zeros that are stored
  (func $new-default (result (ref $pair)) (struct.new_default $pair))
  ;; rule: a small array of equal elements is filled inline
  (func $new-small (param $x i32) (result (ref $ints)) (array.new $ints (local.get $x) (i32.const 3)))
  ;; rule: an array of listed elements
  (func $new-fixed (param $x i64) (param $y i64) (result (ref $longs)) (array.new_fixed $longs 2 (local.get $x) (local.get $y)))
  ;; rule: an empty array
  (func $new-empty (result (ref $ints)) (array.new_fixed $ints 0))
  ;; rule: an array of zeros whose length is not known
  (func $new-default-array (param $n i32) (result (ref $ints)) (array.new_default $ints (local.get $n)))
  ;; rule: an array of equal elements whose length is not known
  (func $new-array (param $x i32) (param $n i32) (result (ref $bytes)) (array.new $bytes (local.get $x) (local.get $n)))
  ;; rule: an object that nobody sees is not made
  (func $unseen (param $x i32) (param $y i32) (result i32)
    (local $p (ref $pair))
    (local.set $p (struct.new $pair (local.get $x) (local.get $y)))
    (i32.sub (struct.get $pair 0 (local.get $p)) (struct.get $pair 1 (local.get $p)))))

;;> == get: a field of a reference that is not null
;;> 4 bytes
;;>   mov eax, [rax+8]                       ; get: struct.get 0 0
;;>   ret                                    ; get: end

;;> == get-nullable: a field of a reference that may be null: the access faults
;;> 16 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   mov rax, [rax+0x10]                    ; get-nullable: struct.get 0 1
;;>   leave                                  ; get-nullable: end
;;>   ret

;;> == get-float: a float field
;;> 6 bytes
;;>   vmovss xmm0, [rax+0x18]                ; get-float: struct.get 0 2
;;>   ret                                    ; get-float: end

;;> == get-double: a double field
;;> 6 bytes
;;>   vmovsd xmm0, [rax+0x20]                ; get-double: struct.get 0 3
;;>   ret                                    ; get-double: end

;;> == get-s: a packed field with its sign
;;> 5 bytes
;;>   movsx eax, byte [rax+0x28]             ; get-s: struct.get_s 0 4
;;>   ret                                    ; get-s: end

;;> == get-u: a packed field with zeros
;;> 5 bytes
;;>   movzx eax, word [rax+0x2a]             ; get-u: struct.get_u 0 5
;;>   ret                                    ; get-u: end

;;> == get-add: a field as an operand
;;> 6 bytes
;;>   add edx, [rax+8]                       ; get-add: i32.add
;;>   mov eax, edx                           ; get-add: end
;;>   ret

;;> == get-add-nullable: a field of a reference that may be null as an operand
;;> 17 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   add edx, [rax+8]                       ; get-add-nullable: i32.add
;;>   mov eax, edx                           ; get-add-nullable: end
;;>   leave
;;>   ret

;;> == get-add-packed: a packed field is no operand
;;> 9 bytes
;;>   movzx eax, byte [rax+0x28]             ; get-add-packed: struct.get_u 0 4
;;>   add edx, eax                           ; get-add-packed: i32.add
;;>   mov eax, edx                           ; get-add-packed: end
;;>   ret

;;> == get-compare: a field compared with a constant
;;> 11 bytes
;;>   cmp dword [rax+8], 9                   ; get-compare: i32.gt_s
;;>   setg al
;;>   movzx eax, al
;;>   ret                                    ; get-compare: end

;;> == get-two: the second access to a reference that may be null does not check again
;;> 20 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   mov ecx, [rax+8]                       ; get-two: struct.get 0 0
;;>   add ecx, [rax+0x38]                    ; get-two: i32.add
;;>   mov eax, ecx                           ; get-two: end
;;>   leave
;;>   ret

;;> == set: a field is assigned
;;> 4 bytes
;;>   mov [rax+8], edx                       ; set: struct.set 0 0
;;>   ret                                    ; set: end

;;> == set-packed: a constant is assigned to a packed field
;;> 5 bytes
;;>   mov byte [rax+0x28], 0x2c              ; set-packed: struct.set 0 4
;;>   ret                                    ; set-packed: end

;;> == set-double: a double is assigned
;;> 6 bytes
;;>   movsd [rax+0x20], xmm0                 ; set-double: struct.set 0 3
;;>   ret                                    ; set-double: end

;;> == set-object: an object that is assigned tells the collector
;;> 36 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   mov [rax+0x30], rdx                    ; set-object: struct.set 0 6
;;>   test byte [rax+4], 4
;;>   jne L2
;;> L1:
;;>   leave                                  ; set-object: end
;;>   ret
;;> L2:
;;>   mov r11, rax                           ; set-object: struct.set 0 6
;;>   call Remember
;;>   jmp L1

;;> == set-null: null that is assigned tells nobody
;;> 9 bytes
;;>   mov qword [rax+0x30], 0                ; set-null: struct.set 0 6
;;>   ret                                    ; set-null: end

;;> == set-i31: an i31 that is assigned tells nobody
;;> 9 bytes
;;>   lea ecx, [rdx+rdx+1]                   ; set-i31: ref.i31
;;>   mov [rax+0x30], rcx                    ; set-i31: struct.set 0 6
;;>   ret                                    ; set-i31: end

;;> == set-i31-field: a field that holds only i31s tells nobody
;;> 5 bytes
;;>   mov [rax+8], rdx                       ; set-i31-field: struct.set 2 0
;;>   ret                                    ; set-i31-field: end

;;> == set-function: a function that is assigned tells nobody
;;> 5 bytes
;;>   mov [rax+0x10], rdx                    ; set-function: struct.set 2 1
;;>   ret                                    ; set-function: end

;;> == set-extern: an object of the host that is assigned tells the collector
;;> 36 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   mov [rax+0x18], rdx                    ; set-extern: struct.set 2 2
;;>   test byte [rax+4], 4
;;>   jne L2
;;> L1:
;;>   leave                                  ; set-extern: end
;;>   ret
;;> L2:
;;>   mov r11, rax                           ; set-extern: struct.set 2 2
;;>   call Remember
;;>   jmp L1

;;> == set-fresh: what is assigned to an object that was just made tells nobody
;;> 79 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;> L1:
;;>   mov r11, [r14+0x10]                    ; set-fresh: array.new_fixed
;;>   mov rax, [r11+0x20]
;;>   add rax, 0x18
;;>   cmp rax, [r11+0x28]
;;>   ja L2
;;>   mov [r11+0x20], rax
;;>   sub rax, 0x18
;;>   mov r11, 0x2TYPE
;;>   mov [rax], r11
;;>   mov dword [rax+8], 1
;;>   mov [rax+0x10], rdx
;;>   leave                                  ; set-fresh: end
;;>   ret
;;> L2:
;;>   mov r11d, 0x18                         ; set-fresh: array.new_fixed
;;>   call CollectGarbage
;;>   jmp L1

;;> == element: an element, its index checked
;;> 30 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   cmp edx, [rax+8]                       ; element: array.get 3
;;>   jae L1
;;>   mov eax, [rax+rdx*4+0x10]
;;>   leave                                  ; element: end
;;>   ret
;;> L1:
;;>   call Trap                              ; element: array.get 3

;;> == element-nullable: an element of a reference that may be null: the read of the length faults
;;> 30 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   cmp edx, [rax+8]                       ; element-nullable: array.get 3
;;>   jae L1
;;>   mov eax, [rax+rdx*4+0x10]
;;>   leave                                  ; element-nullable: end
;;>   ret
;;> L1:
;;>   call Trap                              ; element-nullable: array.get 3

;;> == element-constant: an element with a constant index
;;> 30 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   cmp dword [rax+8], 3                   ; element-constant: array.get 3
;;>   jbe L1
;;>   mov eax, [rax+0x1c]
;;>   leave                                  ; element-constant: end
;;>   ret
;;> L1:
;;>   call Trap                              ; element-constant: array.get 3

;;> == element-byte: a byte of an array with its sign
;;> 31 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   cmp edx, [rax+8]                       ; element-byte: array.get_s 4
;;>   jae L1
;;>   movsx eax, byte [rax+rdx+0x10]
;;>   leave                                  ; element-byte: end
;;>   ret
;;> L1:
;;>   call Trap                              ; element-byte: array.get_s 4

;;> == element-long: an element of 64 bits is scaled by 8
;;> 31 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   cmp edx, [rax+8]                       ; element-long: array.get 5
;;>   jae L1
;;>   mov rax, [rax+rdx*8+0x10]
;;>   leave                                  ; element-long: end
;;>   ret
;;> L1:
;;>   call Trap                              ; element-long: array.get 5

;;> == element-add: an element as an operand
;;> 32 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   cmp edx, [rax+8]                       ; element-add: array.get 3
;;>   jae L1
;;>   add ecx, [rax+rdx*4+0x10]              ; element-add: i32.add
;;>   mov eax, ecx                           ; element-add: end
;;>   leave
;;>   ret
;;> L1:
;;>   call Trap                              ; element-add: array.get 3

;;> == element-update: a second access with the same index is not checked again
;;> 37 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   cmp edx, [rax+8]                       ; element-update: array.get 3
;;>   jae L1
;;>   mov ecx, [rax+rdx*4+0x10]
;;>   add ecx, 1                             ; element-update: i32.add
;;>   mov [rax+rdx*4+0x10], ecx              ; element-update: array.set 3
;;>   leave                                  ; element-update: end
;;>   ret
;;> L1:
;;>   call Trap                              ; element-update: array.get 3

;;> == element-neighbours: neighbours are checked both
;;> 54 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   mov ecx, [rax+8]                       ; element-neighbours: array.get 3
;;>   cmp edx, ecx
;;>   jae L1
;;>   mov ebx, [rax+rdx*4+0x10]
;;>   add edx, 1                             ; element-neighbours: i32.add
;;>   cmp edx, ecx                           ; element-neighbours: array.get 3
;;>   jae L2
;;>   add ebx, [rax+rdx*4+0x10]              ; element-neighbours: i32.add
;;>   mov eax, ebx                           ; element-neighbours: end
;;>   leave
;;>   ret
;;> L1:
;;>   call Trap                              ; element-neighbours: array.get 3
;;> L2:
;;>   call Trap                              ; element-neighbours: array.get 3

;;> == element-masked: an index that a mask bounds is compared with the length
;;> 33 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   and edx, 7                             ; element-masked: i32.and
;;>   cmp edx, [rax+8]                       ; element-masked: array.get 3
;;>   jae L1
;;>   mov eax, [rax+rdx*4+0x10]
;;>   leave                                  ; element-masked: end
;;>   ret
;;> L1:
;;>   call Trap                              ; element-masked: array.get 3

;;> == element-constants: an element that never changes is read once
;;> 33 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   cmp edx, [rax+8]                       ; element-constants: array.get_u 7
;;>   jae L1
;;>   movzx eax, word [rax+rdx*2+0x10]
;;>   add eax, eax                           ; element-constants: i32.add
;;>   leave                                  ; element-constants: end
;;>   ret
;;> L1:
;;>   call Trap                              ; element-constants: array.get_u 7

;;> == element-set-object: an object that is stored in an array tells the collector where
;;> 67 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   cmp edx, [rax+8]                       ; element-set-object: array.set 6
;;>   jae L2
;;>   mov [rax+rdx*8+0x10], rcx
;;>   test byte [rax+4], 0x14
;;>   jne L3
;;> L1:
;;>   leave                                  ; element-set-object: end
;;>   ret
;;> L2:
;;>   call Trap                              ; element-set-object: array.set 6
;;> L3:
;;>   lea r11, [rax+rdx*8+0x10]
;;>   call MarkCard
;;>   test byte [rax+4], 4
;;>   je L1
;;>   mov r11, rax
;;>   call Remember
;;>   jmp L1

;;> == element-set-byte: a byte is stored in an array
;;> 30 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   cmp edx, [rax+8]                       ; element-set-byte: array.set 4
;;>   jae L1
;;>   mov [rax+rdx+0x10], cl
;;>   leave                                  ; element-set-byte: end
;;>   ret
;;> L1:
;;>   call Trap                              ; element-set-byte: array.set 4

;;> == length: a length
;;> 15 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   mov eax, [rax+8]                       ; length: array.len
;;>   leave                                  ; length: end
;;>   ret

;;> == length-compare: a length is compared in the object
;;> 22 bytes
;;>   cmp edx, [rax+8]                       ; length-compare: if
;;>   jb L2
;;>   mov eax, 4
;;> L1:
;;>   ret                                    ; length-compare: end
;;> L2:
;;>   mov eax, 3                             ; length-compare: if
;;>   jmp L1

;;> == length-checked: a comparison with the length is the check of the access behind it
;;> 18 bytes
;;>   cmp edx, [rax+8]                       ; length-checked: if
;;>   jae L2
;;>   mov eax, [rax+rdx*4+0x10]              ; length-checked: array.get 3
;;> L1:
;;>   ret                                    ; length-checked: end
;;> L2:
;;>   xor eax, eax                           ; length-checked: if
;;>   jmp L1

;;> == i31: an i31 is twice the integer plus one
;;> 5 bytes
;;>   lea eax, [rax+rax+1]                   ; i31: ref.i31
;;>   ret                                    ; i31: end

;;> == i31-get-s: the integer of an i31 with its sign, null checked
;;> 28 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   test rax, rax                          ; i31-get-s: i31.get_s
;;>   je L1
;;>   sar eax, 1
;;>   leave                                  ; i31-get-s: end
;;>   ret
;;> L1:
;;>   call Trap                              ; i31-get-s: i31.get_s

;;> == i31-get-u: the integer of an i31 that is not null, with zeros
;;> 3 bytes
;;>   shr eax, 1                             ; i31-get-u: i31.get_u
;;>   ret                                    ; i31-get-u: end

;;> == i31-both: the integer of an i31 that was just made needs no i31
;;> 5 bytes
;;>   shl eax, 1                             ; i31-both: i31.get_s
;;>   sar eax, 1
;;>   ret                                    ; i31-both: end

;;> == new: a structure is allocated inline, its header written first
;;> 77 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;> L1:
;;>   mov r11, [r14+0x10]                    ; new: struct.new 1
;;>   mov rcx, [r11+0x20]
;;>   add rcx, 0x10
;;>   cmp rcx, [r11+0x28]
;;>   ja L2
;;>   mov [r11+0x20], rcx
;;>   sub rcx, 0x10
;;>   mov r11, 0x1TYPE
;;>   mov [rcx], r11
;;>   mov [rcx+8], eax
;;>   mov [rcx+0xc], edx
;;>   mov rax, rcx                           ; new: end
;;>   leave
;;>   ret
;;> L2:
;;>   mov r11d, 0x10                         ; new: struct.new 1
;;>   call CollectGarbage
;;>   jmp L1

;;> == new-constants: two constants of 32 bits are stored at once
;;> 76 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;> L1:
;;>   mov r11, [r14+0x10]                    ; new-constants: struct.new 1
;;>   mov rax, [r11+0x20]
;;>   add rax, 0x10
;;>   cmp rax, [r11+0x28]
;;>   ja L2
;;>   mov [r11+0x20], rax
;;>   sub rax, 0x10
;;>   mov r11, 0x1TYPE
;;>   mov [rax], r11
;;>   mov qword [rax+8], 1
;;>   leave                                  ; new-constants: end
;;>   ret
;;> L2:
;;>   mov r11d, 0x10                         ; new-constants: struct.new 1
;;>   call CollectGarbage
;;>   jmp L1

;;> == new-large-constants: two constants that do not fit in an instruction are stored one by one
;;> 82 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;> L1:
;;>   mov r11, [r14+0x10]                    ; new-large-constants: struct.new 1
;;>   mov rax, [r11+0x20]
;;>   add rax, 0x10
;;>   cmp rax, [r11+0x28]
;;>   ja L2
;;>   mov [r11+0x20], rax
;;>   sub rax, 0x10
;;>   mov r11, 0x1TYPE
;;>   mov [rax], r11
;;>   mov dword [rax+8], 1
;;>   mov dword [rax+0xc], 2
;;>   leave                                  ; new-large-constants: end
;;>   ret
;;> L2:
;;>   mov r11d, 0x10                         ; new-large-constants: struct.new 1
;;>   call CollectGarbage
;;>   jmp L1

;;> == new-default: default fields are zeros that are stored
;;> 76 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;> L1:
;;>   mov r11, [r14+0x10]                    ; new-default: struct.new_default 1
;;>   mov rax, [r11+0x20]
;;>   add rax, 0x10
;;>   cmp rax, [r11+0x28]
;;>   ja L2
;;>   mov [r11+0x20], rax
;;>   sub rax, 0x10
;;>   mov r11, 0x1TYPE
;;>   mov [rax], r11
;;>   mov qword [rax+8], 0
;;>   leave                                  ; new-default: end
;;>   ret
;;> L2:
;;>   mov r11d, 0x10                         ; new-default: struct.new_default 1
;;>   call CollectGarbage
;;>   jmp L1

;;> == new-small: a small array of equal elements is filled inline
;;> 87 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;> L1:
;;>   mov r11, [r14+0x10]                    ; new-small: array.new 3
;;>   mov rcx, [r11+0x20]
;;>   add rcx, 0x20
;;>   cmp rcx, [r11+0x28]
;;>   ja L2
;;>   mov [r11+0x20], rcx
;;>   sub rcx, 0x20
;;>   mov r11, 0x2TYPE
;;>   mov [rcx], r11
;;>   mov dword [rcx+8], 3
;;>   mov [rcx+0x10], eax
;;>   mov [rcx+0x14], eax
;;>   mov [rcx+0x18], eax
;;>   mov rax, rcx                           ; new-small: end
;;>   leave
;;>   ret
;;> L2:
;;>   mov r11d, 0x20                         ; new-small: array.new 3
;;>   call CollectGarbage
;;>   jmp L1

;;> == new-fixed: an array of listed elements
;;> 86 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;> L1:
;;>   mov r11, [r14+0x10]                    ; new-fixed: array.new_fixed
;;>   mov rcx, [r11+0x20]
;;>   add rcx, 0x20
;;>   cmp rcx, [r11+0x28]
;;>   ja L2
;;>   mov [r11+0x20], rcx
;;>   sub rcx, 0x20
;;>   mov r11, 0x2TYPE
;;>   mov [rcx], r11
;;>   mov dword [rcx+8], 2
;;>   mov [rcx+0x10], rax
;;>   mov [rcx+0x18], rdx
;;>   mov rax, rcx                           ; new-fixed: end
;;>   leave
;;>   ret
;;> L2:
;;>   mov r11d, 0x20                         ; new-fixed: array.new_fixed
;;>   call CollectGarbage
;;>   jmp L1

;;> == new-empty: an empty array
;;> 75 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;> L1:
;;>   mov r11, [r14+0x10]                    ; new-empty: array.new_fixed
;;>   mov rax, [r11+0x20]
;;>   add rax, 0x10
;;>   cmp rax, [r11+0x28]
;;>   ja L2
;;>   mov [r11+0x20], rax
;;>   sub rax, 0x10
;;>   mov r11, 0x2TYPE
;;>   mov [rax], r11
;;>   mov dword [rax+8], 0
;;>   leave                                  ; new-empty: end
;;>   ret
;;> L2:
;;>   mov r11d, 0x10                         ; new-empty: array.new_fixed
;;>   call CollectGarbage
;;>   jmp L1

;;> == new-default-array: an array of zeros whose length is not known
;;> 179 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   lea rdx, [rax*4+0x14]                  ; new-default-array: array.new_default 3
;;>   and rdx, -8
;;>   cmp rdx, 0x18000
;;>   ja L4
;;> L1:
;;>   mov r11, [r14+0x10]
;;>   mov rcx, [r11+0x20]
;;>   add rdx, rcx
;;>   cmp rdx, [r11+0x28]
;;>   ja L5
;;>   mov [r11+0x20], rdx
;;>   mov r11, 0x2TYPE
;;>   mov [rcx], r11
;;>   mov [rcx+8], eax
;;>   lea r11, [rcx+0x10]
;;>   cmp rdx, r11
;;>   je L3
;;> L2:
;;>   sub rdx, 8
;;>   mov qword [rdx], 0
;;>   cmp rdx, r11
;;>   jne L2
;;> L3:
;;>   mov rax, rcx                           ; new-default-array: end
;;>   leave
;;>   ret
;;> L4:
;;>   sub rsp, 0x10                          ; new-default-array: array.new_default 3
;;>   mov [rsp], rax
;;>   mov edx, eax
;;>   xor ecx, ecx
;;>   mov esi, TYPE
;;>   mov rdi, r14
;;>   mov rax, [r14+0x18]
;;>   call qword [rax+0x50]
;;>   mov r11, rax
;;>   mov rax, [rsp]
;;>   add rsp, 0x10
;;>   mov rcx, r11
;;>   test r11, r11
;;>   je L6
;;>   jmp L3
;;> L5:
;;>   sub rdx, rcx
;;>   mov r11, rdx
;;>   call CollectGarbage
;;>   jmp L1
;;> L6:
;;>   call Trap

;;> == new-array: an array of equal elements whose length is not known
;;> 183 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   lea rbx, [rdx+0x17]                    ; new-array: array.new 4
;;>   and rbx, -8
;;>   cmp rbx, 0x18000
;;>   ja L4
;;> L1:
;;>   mov r11, [r14+0x10]
;;>   mov rcx, [r11+0x20]
;;>   add rbx, rcx
;;>   cmp rbx, [r11+0x28]
;;>   ja L5
;;>   mov [r11+0x20], rbx
;;>   mov r11, 0x2TYPE
;;>   mov [rcx], r11
;;>   mov [rcx+8], edx
;;>   lea rbx, [rcx+rdx+0x10]
;;>   lea r11, [rcx+0x10]
;;>   cmp rbx, r11
;;>   je L3
;;> L2:
;;>   sub rbx, 1
;;>   mov [rbx], al
;;>   cmp rbx, r11
;;>   jne L2
;;> L3:
;;>   mov rax, rcx                           ; new-array: end
;;>   leave
;;>   ret
;;> L4:
;;>   sub rsp, 0x10                          ; new-array: array.new 4
;;>   mov [rsp], rax
;;>   mov [rsp+8], rdx
;;>   mov ecx, eax
;;>   mov esi, TYPE
;;>   mov rdi, r14
;;>   mov rax, [r14+0x18]
;;>   call qword [rax+0x50]
;;>   mov r11, rax
;;>   mov rax, [rsp]
;;>   mov rdx, [rsp+8]
;;>   add rsp, 0x10
;;>   mov rcx, r11
;;>   test r11, r11
;;>   je L6
;;>   jmp L3
;;> L5:
;;>   sub rbx, rcx
;;>   mov r11, rbx
;;>   call CollectGarbage
;;>   jmp L1
;;> L6:
;;>   call Trap

;;> == unseen: an object that nobody sees is not made
;;> 3 bytes
;;>   sub eax, edx                           ; unseen: i32.sub
;;>   ret                                    ; unseen: end
