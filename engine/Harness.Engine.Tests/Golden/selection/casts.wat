;; rules: code tier=optimized
;;
;; Tests and casts of references, and branches on them.
(module
  (type $a (sub (struct (field i32))))
  (type $b (sub $a (struct (field i32) (field i32))))
  (type $c (sub final $b (struct (field i32) (field i32) (field i32))))
  (type $f (func (result i32)))
  ;; rule: a test for a final type compares the header's type
  (func $test-final (param $x anyref) (result i32) (ref.test (ref $c) (local.get $x)))
  ;; rule: a test for an open type looks at one place in the display of supertypes
  (func $test-open (param $x anyref) (result i32) (ref.test (ref $b) (local.get $x)))
  ;; rule: a test that accepts null
  (func $test-null (param $x anyref) (result i32) (ref.test (ref null $c) (local.get $x)))
  ;; rule: a test of a structure needs no test of the i31 bit
  (func $test-struct-source (param $x structref) (result i32) (ref.test (ref $c) (local.get $x)))
  ;; rule: a test of a reference that is not null
  (func $test-non-null (param $x (ref $a)) (result i32) (ref.test (ref $c) (local.get $x)))
  ;; rule: a test for a supertype that may be null is a test for null
  (func $test-up (param $x (ref null $b)) (result i32) (ref.test (ref $a) (local.get $x)))
  ;; rule: a test for a supertype is always true
  (func $test-always (param $x (ref $b)) (result i32) (ref.test (ref $a) (local.get $x)))
  ;; rule: a test for i31 looks at the lowest bit
  (func $test-i31 (param $x anyref) (result i32) (ref.test (ref i31) (local.get $x)))
  ;; rule: a test for any structure looks at the header's flags
  (func $test-struct (param $x anyref) (result i32) (ref.test (ref struct) (local.get $x)))
  ;; rule: a test for eq accepts i31
  (func $test-eq (param $x anyref) (result i32) (ref.test (ref eq) (local.get $x)))
  ;; rule: a test for none is a test for null
  (func $test-none (param $x anyref) (result i32) (ref.test (ref null none) (local.get $x)))
  ;; rule: a cast to a final type
  (func $cast-final (param $x anyref) (result (ref $c)) (ref.cast (ref $c) (local.get $x)))
  ;; rule: a cast to an open type
  (func $cast-open (param $x (ref null $a)) (result (ref $b)) (ref.cast (ref $b) (local.get $x)))
  ;; rule: a cast that lets null pass
  (func $cast-null (param $x anyref) (result (ref null $c)) (ref.cast (ref null $c) (local.get $x)))
  ;; rule: a cast to a supertype is none
  (func $cast-up (param $x (ref null $b)) (result (ref null $a)) (ref.cast (ref null $a) (local.get $x)))
  ;; rule: a cast to a supertype that is not null checks for null
  (func $cast-up-non-null (param $x (ref null $b)) (result (ref $a)) (ref.cast (ref $a) (local.get $x)))
  ;; rule: a cast that follows an equal one is none
  (func $cast-twice (param $x anyref) (result i32)
    (i32.add (struct.get $c 0 (ref.cast (ref $c) (local.get $x))) (struct.get $c 1 (ref.cast (ref $c) (local.get $x)))))
  ;; rule: a cast behind a test for the same type is none
  (func $cast-tested (param $x anyref) (result i32)
    (if (result i32) (ref.test (ref $c) (local.get $x))
      (then (struct.get $c 2 (ref.cast (ref $c) (local.get $x)))) (else (i32.const 0))))
  ;; rule: a cast to a function's type
  (func $cast-function (param $x funcref) (result (ref $f)) (ref.cast (ref $f) (local.get $x)))
  ;; rule: a cast to i31
  (func $cast-i31 (param $x anyref) (result (ref i31)) (ref.cast (ref i31) (local.get $x)))
  ;; rule: a cast to any array
  (func $cast-array (param $x eqref) (result (ref array)) (ref.cast (ref array) (local.get $x)))
  ;; rule: a branch on a cast is no value
  (func $branch-cast (param $x anyref) (result i32)
    (block $is (result (ref $c)) (br_on_cast $is anyref (ref $c) (local.get $x)) (drop) (return (i32.const 7)))
    (struct.get $c 0))
  ;; rule: a branch on a cast that fails
  (func $branch-cast-fail (param $x anyref) (result i32)
    (block $not (result anyref) (return (struct.get $b 1 (br_on_cast_fail $not anyref (ref $b) (local.get $x)))))
    (drop) (i32.const 7))
  ;; rule: a branch on null
  (func $branch-null (param $x (ref null $a)) (result i32)
    (block $null (return (struct.get $a 0 (br_on_null $null (local.get $x)))))
    (i32.const 7))
  ;; rule: a branch on what is not null
  (func $branch-non-null (param $x (ref null $a)) (result i32)
    (block $some (result (ref $a)) (br_on_non_null $some (local.get $x)) (return (i32.const 7)))
    (struct.get $a 0))
  ;; rule: a check for null that nothing faults for
  (func $as-non-null (param $x anyref) (result (ref any)) (ref.as_non_null (local.get $x)))
  ;; rule: a check for null before an access leaves nothing to fault for
  (func $as-non-null-access (param $x (ref null $a)) (result i32) (struct.get $a 0 (ref.as_non_null (local.get $x))))
  ;; rule: a conversion between hierarchies is no instruction
  (func $convert (param $x externref) (result anyref) (any.convert_extern (local.get $x))))

;;> == test-final: a test for a final type compares the header's type
;;> 37 bytes
;;>   test rax, rax                          ; test-final: ref.test
;;>   je L1
;;>   test al, 1
;;>   jne L1
;;>   cmp dword [rax], TYPE
;;>   jne L1
;;>   mov ecx, 1
;;>   jmp L2
;;> L1:
;;>   xor ecx, ecx
;;> L2:
;;>   mov eax, ecx                           ; test-final: end
;;>   ret

;;> == test-open: a test for an open type looks at one place in the display of supertypes
;;> 49 bytes
;;>   test rax, rax                          ; test-open: ref.test
;;>   je L1
;;>   test al, 1
;;>   jne L1
;;>   mov r11d, [rax]
;;>   shl r11, 8
;;>   cmp dword [r11+0x40000004], TYPE
;;>   jne L1
;;>   mov ecx, 1
;;>   jmp L2
;;> L1:
;;>   xor ecx, ecx
;;> L2:
;;>   mov eax, ecx                           ; test-open: end
;;>   ret

;;> == test-null: a test that accepts null
;;> 37 bytes
;;>   test rax, rax                          ; test-null: ref.test null
;;>   je L1
;;>   test al, 1
;;>   jne L2
;;>   cmp dword [rax], TYPE
;;>   jne L2
;;> L1:
;;>   mov ecx, 1
;;>   jmp L3
;;> L2:
;;>   xor ecx, ecx
;;> L3:
;;>   mov eax, ecx                           ; test-null: end
;;>   ret

;;> == test-struct-source: a test of a structure needs no test of the i31 bit
;;> 29 bytes
;;>   test rax, rax                          ; test-struct-source: ref.test
;;>   je L1
;;>   cmp dword [rax], TYPE
;;>   jne L1
;;>   mov ecx, 1
;;>   jmp L2
;;> L1:
;;>   xor ecx, ecx
;;> L2:
;;>   mov eax, ecx                           ; test-struct-source: end
;;>   ret

;;> == test-non-null: a test of a reference that is not null
;;> 13 bytes
;;>   cmp dword [rax], TYPE                  ; test-non-null: ref.test
;;>   sete al
;;>   movzx eax, al
;;>   ret                                    ; test-non-null: end

;;> == test-up: a test for a supertype that may be null is a test for null
;;> 10 bytes
;;>   test rax, rax                          ; test-up: ref.test
;;>   setne al
;;>   movzx eax, al
;;>   ret                                    ; test-up: end

;;> == test-always: a test for a supertype is always true
;;> 6 bytes
;;>   mov eax, 1                             ; test-always: end
;;>   ret

;;> == test-i31: a test for i31 looks at the lowest bit
;;> 12 bytes
;;>   test eax, 1                            ; test-i31: ref.test
;;>   setne al
;;>   movzx eax, al
;;>   ret                                    ; test-i31: end

;;> == test-struct: a test for any structure looks at the header's flags
;;> 35 bytes
;;>   test rax, rax                          ; test-struct: ref.test
;;>   je L1
;;>   test al, 1
;;>   jne L1
;;>   test byte [rax+4], 1
;;>   je L1
;;>   mov ecx, 1
;;>   jmp L2
;;> L1:
;;>   xor ecx, ecx
;;> L2:
;;>   mov eax, ecx                           ; test-struct: end
;;>   ret

;;> == test-eq: a test for eq accepts i31
;;> 35 bytes
;;>   test rax, rax                          ; test-eq: ref.test
;;>   je L2
;;>   test al, 1
;;>   jne L1
;;>   test byte [rax+4], 3
;;>   je L2
;;> L1:
;;>   mov ecx, 1
;;>   jmp L3
;;> L2:
;;>   xor ecx, ecx
;;> L3:
;;>   mov eax, ecx                           ; test-eq: end
;;>   ret

;;> == test-none: a test for none is a test for null
;;> 10 bytes
;;>   test rax, rax                          ; test-none: ref.test null
;;>   sete al
;;>   movzx eax, al
;;>   ret                                    ; test-none: end

;;> == cast-final: a cast to a final type
;;> 37 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   test al, 1                             ; cast-final: ref.cast
;;>   jne L1
;;>   cmp dword [rax], TYPE
;;>   jne L1
;;>   leave                                  ; cast-final: end
;;>   ret
;;> L1:
;;>   call Trap                              ; cast-final: ref.cast

;;> == cast-open: a cast to an open type
;;> 41 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   mov r11d, [rax]                        ; cast-open: ref.cast
;;>   shl r11, 8
;;>   cmp dword [r11+0x40000004], TYPE
;;>   jne L1
;;>   leave                                  ; cast-open: end
;;>   ret
;;> L1:
;;>   call Trap                              ; cast-open: ref.cast

;;> == cast-null: a cast that lets null pass
;;> 46 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   test rax, rax                          ; cast-null: ref.cast null
;;>   je L1
;;>   test al, 1
;;>   jne L2
;;>   cmp dword [rax], TYPE
;;>   jne L2
;;> L1:
;;>   leave                                  ; cast-null: end
;;>   ret
;;> L2:
;;>   call Trap                              ; cast-null: ref.cast null

;;> == cast-up: a cast to a supertype is none
;;> 1 bytes
;;>   ret                                    ; cast-up: end

;;> == cast-up-non-null: a cast to a supertype that is not null checks for null
;;> 26 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   test rax, rax                          ; cast-up-non-null: ref.cast
;;>   je L1
;;>   leave                                  ; cast-up-non-null: end
;;>   ret
;;> L1:
;;>   call Trap                              ; cast-up-non-null: ref.cast

;;> == cast-twice: a cast that follows an equal one is none
;;> 45 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   test al, 1                             ; cast-twice: ref.cast
;;>   jne L1
;;>   cmp dword [rax], TYPE
;;>   jne L1
;;>   mov ecx, [rax+8]                       ; cast-twice: struct.get 2 0
;;>   add ecx, [rax+0xc]                     ; cast-twice: i32.add
;;>   mov eax, ecx                           ; cast-twice: end
;;>   leave
;;>   ret
;;> L1:
;;>   call Trap                              ; cast-twice: ref.cast

;;> == cast-tested: a cast behind a test for the same type is none
;;> 37 bytes
;;>   test rax, rax                          ; cast-tested: if
;;>   je L2
;;>   test al, 1
;;>   jne L2
;;>   cmp dword [rax], TYPE
;;>   jne L2
;;>   mov eax, [rax+0x10]                    ; cast-tested: struct.get 2 2
;;> L1:
;;>   ret                                    ; cast-tested: end
;;> L2:
;;>   xor eax, eax                           ; cast-tested: if
;;>   jmp L1

;;> == cast-function: a cast to a function's type
;;> 30 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   cmp dword [rax+0x10], TYPE             ; cast-function: ref.cast
;;>   jne L1
;;>   leave                                  ; cast-function: end
;;>   ret
;;> L1:
;;>   call Trap                              ; cast-function: ref.cast

;;> == cast-i31: a cast to i31
;;> 25 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   test al, 1                             ; cast-i31: ref.cast
;;>   je L1
;;>   leave                                  ; cast-i31: end
;;>   ret
;;> L1:
;;>   call Trap                              ; cast-i31: ref.cast

;;> == cast-array: a cast to any array
;;> 35 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   test al, 1                             ; cast-array: ref.cast
;;>   jne L1
;;>   test byte [rax+4], 2
;;>   je L1
;;>   leave                                  ; cast-array: end
;;>   ret
;;> L1:
;;>   call Trap                              ; cast-array: ref.cast

;;> == branch-cast: a branch on a cast is no value
;;> 39 bytes
;;>   test rax, rax                          ; branch-cast: br_on_cast
;;>   je L1
;;>   test al, 1
;;>   jne L1
;;>   cmp dword [rax], TYPE
;;>   jne L1
;;>   mov eax, [rax+8]                       ; branch-cast: struct.get 2 0
;;>   ret                                    ; branch-cast: end
;;> L1:
;;>   mov eax, 7                             ; branch-cast: return
;;>   ret

;;> == branch-cast-fail: a branch on a cast that fails
;;> 51 bytes
;;>   test rax, rax                          ; branch-cast-fail: br_on_cast_fail
;;>   je L1
;;>   test al, 1
;;>   jne L1
;;>   mov r11d, [rax]
;;>   shl r11, 8
;;>   cmp dword [r11+0x40000004], TYPE
;;>   jne L1
;;>   mov eax, [rax+0xc]                     ; branch-cast-fail: struct.get 1 1
;;>   ret                                    ; branch-cast-fail: return
;;> L1:
;;>   mov eax, 7                             ; branch-cast-fail: end
;;>   ret

;;> == branch-null: a branch on null
;;> 19 bytes
;;>   test rax, rax                          ; branch-null: br_on_null 0
;;>   jne L1
;;>   mov eax, 7                             ; branch-null: end
;;>   ret
;;> L1:
;;>   mov eax, [rax+8]                       ; branch-null: struct.get 0 0
;;>   ret                                    ; branch-null: return

;;> == branch-non-null: a branch on what is not null
;;> 19 bytes
;;>   test rax, rax                          ; branch-non-null: br_on_non_null 0
;;>   jne L1
;;>   mov eax, 7                             ; branch-non-null: return
;;>   ret
;;> L1:
;;>   mov eax, [rax+8]                       ; branch-non-null: struct.get 0 0
;;>   ret                                    ; branch-non-null: end

;;> == as-non-null: a check for null that nothing faults for
;;> 26 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   test rax, rax                          ; as-non-null: ref.as_non_null
;;>   je L1
;;>   leave                                  ; as-non-null: end
;;>   ret
;;> L1:
;;>   call Trap                              ; as-non-null: ref.as_non_null

;;> == as-non-null-access: a check for null before an access leaves nothing to fault for
;;> 29 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   test rax, rax                          ; as-non-null-access: ref.as_non_null
;;>   je L1
;;>   mov eax, [rax+8]                       ; as-non-null-access: struct.get 0 0
;;>   leave                                  ; as-non-null-access: end
;;>   ret
;;> L1:
;;>   call Trap                              ; as-non-null-access: ref.as_non_null

;;> == convert: a conversion between hierarchies is no instruction
;;> 1 bytes
;;>   ret                                    ; convert: end
