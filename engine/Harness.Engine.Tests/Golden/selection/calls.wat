;; rules: code tier=optimized inlining=off
;;
;; Calls, tail calls, and what is known of the called function.
(module
  (type $f (func (param i32) (result i32)))
  (type $many (func (param i32 i64 f64 f32) (result i32 f64)))
  (func $host (import "" "host") (param i32) (result i32))
  (table $t 8 8 funcref)
  (table $typed 8 8 (ref null $f))
  (elem declare func $callee $host)
  (global $known (ref $f) (ref.func $callee))
  (func $callee (type $f) (i32.mul (local.get 0) (i32.const 3)))
  (func $spread (type $many) (i32.add (local.get 0) (i32.wrap_i64 (local.get 1))) (f64.add (local.get 2) (f64.promote_f32 (local.get 3))))
  ;; rule: a call of a function of the module goes to the word that holds its entry
  (func $direct (param $x i32) (result i32) (call $callee (local.get $x)))
  ;; rule: a value that lives across a call is kept in the frame
  (func $across (param $x i32) (param $y i32) (result i32) (i32.add (call $callee (local.get $x)) (local.get $y)))
  ;; rule: an imported function is called by its reference
  (func $import (param $x i32) (result i32) (call $host (local.get $x)))
  ;; rule: a call by reference checks for null
  (func $by-reference (param $f (ref null $f)) (param $x i32) (result i32) (call_ref $f (local.get $x) (local.get $f)))
  ;; rule: a call by a reference that is not null
  (func $by-reference-non-null (param $f (ref $f)) (param $x i32) (result i32) (call_ref $f (local.get $x) (local.get $f)))
  ;; rule: a call by a table checks index, null and type
  (func $by-table (param $i i32) (param $x i32) (result i32) (call_indirect $t (type $f) (local.get $x) (local.get $i)))
  ;; rule: a call by a table of one type checks no type
  (func $by-typed-table (param $i i32) (param $x i32) (result i32) (call_indirect $typed (type $f) (local.get $x) (local.get $i)))
  ;; rule: a call by a global that never changes is a call by reference
  (func $by-constant (param $x i32) (result i32) (call_ref $f (local.get $x) (global.get $known)))
  ;; rule: a call of ref.func is a direct one
  (func $by-ref-func (param $x i32) (result i32) (call_ref $f (local.get $x) (ref.func $callee)))
  ;; rules: code tier=optimized inlining=off needs=avx
  ;; rule: arguments of each kind have registers of their own
  (func $arguments (param $x i32) (result i32 f64) (call $spread (local.get $x) (i64.const 2) (f64.const 0) (f32.const 0)))
  ;; rule: results in registers are used where they are
  (func $results (param $x i32) (result f64)
    (call $spread (local.get $x) (i64.const 2) (f64.const 0) (f32.const 0)) (f64.convert_i32_s (i32.const 1)) (f64.add) (return) )
  ;; rules: code tier=optimized inlining=off
  ;; rule: a tail call leaves the frame and jumps
  (func $tail (param $x i32) (result i32) (return_call $callee (i32.add (local.get $x) (i32.const 1))))
  ;; rule: a tail call by reference
  (func $tail-reference (param $x i32) (param $f (ref $f)) (result i32) (return_call_ref $f (local.get $x) (local.get $f)))
  ;; rule: a tail call by a table
  (func $tail-table (param $x i32) (param $i i32) (result i32) (return_call_indirect $t (type $f) (local.get $x) (local.get $i)))
  ;; rule: a tail call of an import
  (func $tail-import (param $x i32) (result i32) (return_call $host (local.get $x)))
  ;; rule: the reference of a function of the module is an address in the instance
  (func $reference (result funcref) (ref.func $callee))
  ;; rule: the reference of an imported function is loaded
  (func $reference-import (result funcref) (ref.func $host))
  ;; rule: a branch on null to where control goes anyway is a test
  (func $is-callee (param $f (ref null $f)) (result i32)
    (block $no (br_on_null $no (local.get $f)) (drop)) (i32.const 1))
  ;; rule: a call whose result nobody uses is made
  (func $dropped (param $x i32) (drop (call $callee (local.get $x))))
  ;; rule: recursion is a direct call
  (func $recursive (param $n i32) (result i32)
    (if (result i32) (local.get $n) (then (i32.add (local.get $n) (call $recursive (i32.sub (local.get $n) (i32.const 1))))) (else (i32.const 0)))))

;;> == direct: a call of a function of the module goes to the word that holds its entry
;;> 35 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   cmp rsp, [r14]
;;>   jb L2
;;> L1:
;;>   call qword [r14+0x1e0]                 ; direct: call callee
;;>   leave                                  ; direct: end
;;>   ret
;;> L2:
;;>   call StackGuard                        ; direct: (entry)
;;>   jmp L1

;;> == across: a value that lives across a call is kept in the frame
;;> 42 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x18
;;>   cmp rsp, [r14]
;;>   jb L2
;;> L1:
;;>   mov [rbp-0x10], rdx                    ; across: (entry)
;;>   call qword [r14+0x1e0]                 ; across: call callee
;;>   add eax, [rbp-0x10]                    ; across: i32.add
;;>   leave                                  ; across: end
;;>   ret
;;> L2:
;;>   call StackGuard                        ; across: (entry)
;;>   jmp L1

;;> == import: an imported function is called by its reference
;;> 47 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   cmp rsp, [r14]
;;>   jb L2
;;> L1:
;;>   mov r11, [r14+0x78]                    ; import: call host
;;>   mov r14, [r11+8]
;;>   mov r15, [r14+8]
;;>   call qword [r11]
;;>   mov r14, [rbp-8]
;;>   leave                                  ; import: end
;;>   ret
;;> L2:
;;>   call StackGuard                        ; import: (entry)
;;>   jmp L1

;;> == by-reference: a call by reference checks for null
;;> 67 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   cmp rsp, [r14]
;;>   jb L2
;;> L1:
;;>   mov ecx, edx                           ; by-reference: (entry)
;;>   test rax, rax                          ; by-reference: call_ref 0
;;>   je L3
;;>   mov r10, rax
;;>   mov eax, ecx
;;>   mov r11, r10
;;>   mov r14, [r11+8]
;;>   mov r15, [r14+8]
;;>   call qword [r11]
;;>   mov r14, [rbp-8]
;;>   leave                                  ; by-reference: end
;;>   ret
;;> L2:
;;>   call StackGuard                        ; by-reference: (entry)
;;>   jmp L1
;;> L3:
;;>   call Trap                              ; by-reference: call_ref 0

;;> == by-reference-non-null: a call by a reference that is not null
;;> 53 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   cmp rsp, [r14]
;;>   jb L2
;;> L1:
;;>   mov ecx, edx                           ; by-reference-non-null: (entry)
;;>   mov r10, rax                           ; by-reference-non-null: call_ref 0
;;>   mov eax, ecx
;;>   mov r11, r10
;;>   mov r14, [r11+8]
;;>   mov r15, [r14+8]
;;>   call qword [r11]
;;>   mov r14, [rbp-8]
;;>   leave                                  ; by-reference-non-null: end
;;>   ret
;;> L2:
;;>   call StackGuard                        ; by-reference-non-null: (entry)
;;>   jmp L1

;;> == by-table: a call by a table checks index, null and type
;;> 107 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   cmp rsp, [r14]
;;>   jb L2
;;> L1:
;;>   mov ecx, edx                           ; by-table: (entry)
;;>   cmp eax, 8                             ; by-table: call_indirect (type 0)
;;>   jae L3
;;>   mov rdx, [r14+0x40]
;;>   mov rax, [rdx+rax*8]
;;>   test rax, rax
;;>   je L4
;;>   cmp dword [rax+0x10], TYPE
;;>   jne L5
;;>   mov r10, rax
;;>   mov eax, ecx
;;>   mov r11, r10
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
;;>   call Trap                              ; by-table: call_indirect (type 0)
;;> L4:
;;>   call Trap
;;> L5:
;;>   call Trap

;;> == by-typed-table: a call by a table of one type checks no type
;;> 89 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   cmp rsp, [r14]
;;>   jb L2
;;> L1:
;;>   mov ecx, edx                           ; by-typed-table: (entry)
;;>   cmp eax, 8                             ; by-typed-table: call_indirect 1 (type 0)
;;>   jae L3
;;>   mov rdx, [r14+0x58]
;;>   mov rax, [rdx+rax*8]
;;>   test rax, rax
;;>   je L4
;;>   mov r10, rax
;;>   mov eax, ecx
;;>   mov r11, r10
;;>   mov r14, [r11+8]
;;>   mov r15, [r14+8]
;;>   call qword [r11]
;;>   mov r14, [rbp-8]
;;>   leave                                  ; by-typed-table: end
;;>   ret
;;> L2:
;;>   call StackGuard                        ; by-typed-table: (entry)
;;>   jmp L1
;;> L3:
;;>   call Trap                              ; by-typed-table: call_indirect 1 (type 0)
;;> L4:
;;>   call Trap

;;> == by-constant: a call by a global that never changes is a call by reference
;;> 50 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   cmp rsp, [r14]
;;>   jb L2
;;> L1:
;;>   mov rcx, [r14+0x70]                    ; by-constant: global.get 0
;;>   mov r11, rcx                           ; by-constant: call_ref 0
;;>   mov r14, [r11+8]
;;>   mov r15, [r14+8]
;;>   call qword [r11]
;;>   mov r14, [rbp-8]
;;>   leave                                  ; by-constant: end
;;>   ret
;;> L2:
;;>   call StackGuard                        ; by-constant: (entry)
;;>   jmp L1

;;> == by-ref-func: a call of ref.func is a direct one
;;> 35 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   cmp rsp, [r14]
;;>   jb L2
;;> L1:
;;>   call qword [r14+0x1e0]                 ; by-ref-func: call_ref 0
;;>   leave                                  ; by-ref-func: end
;;>   ret
;;> L2:
;;>   call StackGuard                        ; by-ref-func: (entry)
;;>   jmp L1

;;> == arguments: arguments of each kind have registers of their own
;;> 48 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   cmp rsp, [r14]
;;>   jb L2
;;> L1:
;;>   mov edx, 2                             ; arguments: call spread
;;>   vxorps xmm0, xmm0, xmm0
;;>   vxorps xmm1, xmm1, xmm1
;;>   call qword [r14+0x200]
;;>   leave                                  ; arguments: end
;;>   ret
;;> L2:
;;>   call StackGuard                        ; arguments: (entry)
;;>   jmp L1

;;> == results: results in registers are used where they are
;;> 64 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   cmp rsp, [r14]
;;>   jb L2
;;> L1:
;;>   mov edx, 2                             ; results: call spread
;;>   vxorps xmm0, xmm0, xmm0
;;>   vxorps xmm1, xmm1, xmm1
;;>   call qword [r14+0x200]
;;>   vaddsd xmm0, xmm0, [rel C1]            ; results: f64.add
;;>   leave                                  ; results: return
;;>   ret
;;> L2:
;;>   call StackGuard                        ; results: (entry)
;;>   jmp L1
;;> C1:
;;>   dq 0x3ff0000000000000

;;> == tail: a tail call leaves the frame and jumps
;;> 37 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   cmp rsp, [r14]
;;>   jb L2
;;> L1:
;;>   add eax, 1                             ; tail: i32.add
;;>   leave                                  ; tail: return_call callee
;;>   jmp qword [r14+0x1e0]
;;> L2:
;;>   call StackGuard                        ; tail: (entry)
;;>   jmp L1

;;> == tail-reference: a tail call by reference
;;> 79 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   cmp rsp, [r14]
;;>   jb L2
;;> L1:
;;>   mov r11, rdx                           ; tail-reference: return_call_ref 0
;;>   cmp r14, [r11+8]
;;>   jne L3
;;>   leave
;;>   jmp qword [r11]
;;> L2:
;;>   call StackGuard                        ; tail-reference: (entry)
;;>   jmp L1
;;> L3:
;;>   cmp qword [r11+0x18], 0                ; tail-reference: return_call_ref 0
;;>   jne L4
;;>   mov r14, [r11+8]
;;>   mov r15, [r14+8]
;;>   leave
;;>   jmp qword [r11]
;;> L4:
;;>   mov r14, [r11+8]
;;>   mov r15, [r14+8]
;;>   call qword [r11]
;;>   leave
;;>   ret

;;> == tail-table: a tail call by a table
;;> 133 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   cmp rsp, [r14]
;;>   jb L2
;;> L1:
;;>   cmp edx, 8                             ; tail-table: return_call_indirect (type 0)
;;>   jae L3
;;>   mov rcx, [r14+0x40]
;;>   mov rcx, [rcx+rdx*8]
;;>   test rcx, rcx
;;>   je L4
;;>   cmp dword [rcx+0x10], TYPE
;;>   jne L5
;;>   mov r11, rcx
;;>   cmp r14, [r11+8]
;;>   jne L6
;;>   leave
;;>   jmp qword [r11]
;;> L2:
;;>   call StackGuard                        ; tail-table: (entry)
;;>   jmp L1
;;> L3:
;;>   call Trap                              ; tail-table: return_call_indirect (type 0)
;;> L4:
;;>   call Trap
;;> L5:
;;>   call Trap
;;> L6:
;;>   cmp qword [r11+0x18], 0
;;>   jne L7
;;>   mov r14, [r11+8]
;;>   mov r15, [r14+8]
;;>   leave
;;>   jmp qword [r11]
;;> L7:
;;>   mov r14, [r11+8]
;;>   mov r15, [r14+8]
;;>   call qword [r11]
;;>   leave
;;>   ret

;;> == tail-import: a tail call of an import
;;> 66 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   cmp rsp, [r14]
;;>   jb L3
;;> L1:
;;>   mov r11, [r14+0x78]                    ; tail-import: return_call host
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
;;>   call StackGuard                        ; tail-import: (entry)
;;>   jmp L1

;;> == reference: the reference of a function of the module is an address in the instance
;;> 8 bytes
;;>   lea rax, [r14+0x1e0]                   ; reference: end
;;>   ret

;;> == reference-import: the reference of an imported function is loaded
;;> 5 bytes
;;>   mov rax, [r14+0x78]                    ; reference-import: end
;;>   ret

;;> == is-callee: a branch on null to where control goes anyway is a test
;;> 9 bytes
;;>   test rax, rax                          ; is-callee: br_on_null 0
;;>   mov eax, 1                             ; is-callee: end
;;>   ret

;;> == dropped: a call whose result nobody uses is made
;;> 35 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   cmp rsp, [r14]
;;>   jb L2
;;> L1:
;;>   call qword [r14+0x1e0]                 ; dropped: call callee
;;>   leave                                  ; dropped: end
;;>   ret
;;> L2:
;;>   call StackGuard                        ; dropped: (entry)
;;>   jmp L1

;;> == recursive: recursion is a direct call
;;> 59 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x18
;;>   cmp rsp, [r14]
;;>   jb L4
;;> L1:
;;>   test eax, eax                          ; recursive: if
;;>   je L3
;;>   lea ecx, [rax-1]                       ; recursive: i32.sub
;;>   mov [rbp-0x10], rax                    ; recursive: call recursive
;;>   mov eax, ecx
;;>   call qword [r14+0x480]
;;>   add eax, [rbp-0x10]                    ; recursive: i32.add
;;> L2:
;;>   leave                                  ; recursive: end
;;>   ret
;;> L3:
;;>   xor eax, eax                           ; recursive: if
;;>   jmp L2
;;> L4:
;;>   call StackGuard                        ; recursive: (entry)
;;>   jmp L1
