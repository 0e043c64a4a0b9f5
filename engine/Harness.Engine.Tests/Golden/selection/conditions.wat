;; rules: code tier=optimized
;;
;; Comparisons, fused with branches and selections or as values.
(module
  (func $then (import "" "then"))
  ;; rule: a comparison as a value
  (func $value (param $x i32) (param $y i32) (result i32) (i32.lt_u (local.get $x) (local.get $y)))
  ;; rule: a comparison of 64 bits as a value
  (func $value-long (param $x i64) (param $y i64) (result i32) (i64.ge_s (local.get $x) (local.get $y)))
  ;; rule: a branch on a comparison needs no value
  (func $branch (param $x i32) (param $y i32) (result i32)
    (if (result i32) (i32.lt_s (local.get $x) (local.get $y)) (then (i32.const 3)) (else (i32.const 4))))
  ;; rule: a branch on an unsigned comparison with a constant
  (func $branch-constant (param $x i32) (result i32)
    (if (result i32) (i32.gt_u (local.get $x) (i32.const 9)) (then (i32.const 3)) (else (i32.const 4))))
  ;; rule: a constant on the left exchanges the sides
  (func $constant-left (param $x i32) (result i32) (i32.lt_s (i32.const 5) (local.get $x)))
  ;; rule: a branch on a value tests it
  (func $branch-value (param $x i32) (result i32)
    (if (result i32) (local.get $x) (then (i32.const 3)) (else (i32.const 4))))
  ;; rule: a branch on eqz is the opposite branch
  (func $branch-eqz (param $x i32) (result i32)
    (if (result i32) (i32.eqz (local.get $x)) (then (i32.const 3)) (else (i32.const 4))))
  ;; rule: eqz of a comparison is the opposite comparison
  (func $not (param $x i64) (param $y i64) (result i32) (i32.eqz (i64.lt_u (local.get $x) (local.get $y))))
  ;; rule: eqz of a comparison of floats keeps what it says of NaN
  (func $not-float (param $x f64) (param $y f64) (result i32) (i32.eqz (f64.lt (local.get $x) (local.get $y))))
  ;; rule: eqz of eqz is not zero
  (func $not-not (param $x i32) (result i32) (i32.eqz (i32.eqz (local.get $x))))
  ;; rule: a comparison with zero is a test
  (func $zero (param $x i64) (result i32) (i64.eqz (local.get $x)))
  ;; rule: an ordering with zero
  (func $negative (param $x i32) (result i32) (i32.lt_s (local.get $x) (i32.const 0)))
  ;; rule: x & y compared with zero is a test
  (func $test (param $x i32) (param $y i32) (result i32)
    (if (result i32) (i32.and (local.get $x) (local.get $y)) (then (i32.const 3)) (else (i32.const 4))))
  ;; rule: x & constant compared with zero is a test with an immediate operand
  (func $test-bit (param $x i32) (result i32)
    (if (result i32) (i32.and (local.get $x) (i32.const 64)) (then (i32.const 3)) (else (i32.const 4))))
  ;; rule: x & constant compared with zero in 64 bits
  (func $test-long (param $x i64) (result i32) (i64.eqz (i64.and (local.get $x) (i64.const 0x40000000))))
  ;; rule: x + constant compared with zero is a comparison with the opposite constant
  (func $sum-zero (param $x i32) (result i32) (i32.eqz (i32.add (local.get $x) (i32.const 5))))
  ;; rule: x - y compared with zero is x compared with y
  (func $difference-zero (param $x i32) (param $y i32) (result i32) (i32.eqz (i32.sub (local.get $x) (local.get $y))))
  ;; rule: a 64-bit constant that does not fit is compared in a register
  (func $large (param $x i64) (result i32) (i64.gt_u (local.get $x) (i64.const 0x100000000)))
  ;; rule: a selection is a conditional move
  (func $select (param $x i32) (param $y i32) (result i32)
    (select (local.get $x) (local.get $y) (i32.gt_s (local.get $x) (local.get $y))))
  ;; rule: a selection by a value tests it
  (func $select-value (param $x i64) (param $y i64) (param $c i32) (result i64)
    (select (local.get $x) (local.get $y) (local.get $c)))
  ;; rule: a selection between constants
  (func $select-constants (param $x i32) (result i32)
    (select (i32.const 10) (i32.const 20) (i32.lt_u (local.get $x) (i32.const 5))))
  ;; rule: a selection between one and zero is one between constants
  (func $select-bool (param $x i32) (param $y i32) (result i32)
    (select (i32.const 1) (i32.const 0) (i32.lt_u (local.get $x) (local.get $y))))
  ;; rule: a selection by an equality of floats takes two conditional moves
  (func $select-float-equal (param $x f64) (param $y f64) (param $a i32) (param $b i32) (result i32)
    (select (local.get $a) (local.get $b) (f64.eq (local.get $x) (local.get $y))))
  ;; rule: a selection between references
  (func $select-reference (param $x anyref) (param $y anyref) (result anyref)
    (select (result anyref) (local.get $x) (local.get $y) (ref.is_null (local.get $x))))
  ;; rule: a branch on null tests the reference
  (func $null (param $x anyref) (result i32)
    (if (result i32) (ref.is_null (local.get $x)) (then (i32.const 3)) (else (i32.const 4))))
  ;; rule: two references are compared as words
  (func $same (param $x eqref) (param $y eqref) (result i32) (ref.eq (local.get $x) (local.get $y)))
  ;; rule: a comparison that is used by a branch and as a value is made for each
  (func $both (param $x i32) (param $y i32) (result i32)
    (local $c i32)
    (local.set $c (i32.lt_s (local.get $x) (local.get $y)))
    (if (local.get $c) (then (call $then)))
    (local.get $c))
  ;; rule: a conjunction of comparisons is computed
  (func $and (param $x i32) (param $y i32) (result i32)
    (if (result i32) (i32.and (i32.lt_s (local.get $x) (i32.const 5)) (i32.gt_s (local.get $y) (i32.const 6)))
      (then (i32.const 3)) (else (i32.const 4))))
  ;; rule: an arm without code is the other arm's way around it
  (func $one-armed (param $x i32) (if (local.get $x) (then (call $then))))
  ;; rule: a comparison of a value with itself is known
  (func $self (param $x i32) (result i32) (i32.le_u (local.get $x) (local.get $x)))
  ;; rule: an absolute value by a selection
  (func $abs (param $x i32) (result i32)
    (select (i32.sub (i32.const 0) (local.get $x)) (local.get $x) (i32.lt_s (local.get $x) (i32.const 0)))))

;;> == value: a comparison as a value
;;> 9 bytes
;;>   cmp eax, edx                           ; value: i32.lt_u
;;>   setb al
;;>   movzx eax, al
;;>   ret                                    ; value: end

;;> == value-long: a comparison of 64 bits as a value
;;> 10 bytes
;;>   cmp rax, rdx                           ; value-long: i64.ge_s
;;>   setge al
;;>   movzx eax, al
;;>   ret                                    ; value-long: end

;;> == branch: a branch on a comparison needs no value
;;> 21 bytes
;;>   cmp eax, edx                           ; branch: if
;;>   jl L2
;;>   mov eax, 4
;;> L1:
;;>   ret                                    ; branch: end
;;> L2:
;;>   mov eax, 3                             ; branch: if
;;>   jmp L1

;;> == branch-constant: a branch on an unsigned comparison with a constant
;;> 22 bytes
;;>   cmp eax, 9                             ; branch-constant: if
;;>   ja L2
;;>   mov eax, 4
;;> L1:
;;>   ret                                    ; branch-constant: end
;;> L2:
;;>   mov eax, 3                             ; branch-constant: if
;;>   jmp L1

;;> == constant-left: a constant on the left exchanges the sides
;;> 10 bytes
;;>   cmp eax, 5                             ; constant-left: i32.lt_s
;;>   setg al
;;>   movzx eax, al
;;>   ret                                    ; constant-left: end

;;> == branch-value: a branch on a value tests it
;;> 21 bytes
;;>   test eax, eax                          ; branch-value: if
;;>   jne L2
;;>   mov eax, 4
;;> L1:
;;>   ret                                    ; branch-value: end
;;> L2:
;;>   mov eax, 3                             ; branch-value: if
;;>   jmp L1

;;> == branch-eqz: a branch on eqz is the opposite branch
;;> 21 bytes
;;>   test eax, eax                          ; branch-eqz: if
;;>   jne L2
;;>   mov eax, 3
;;> L1:
;;>   ret                                    ; branch-eqz: end
;;> L2:
;;>   mov eax, 4                             ; branch-eqz: if
;;>   jmp L1

;;> == not: eqz of a comparison is the opposite comparison
;;> 10 bytes
;;>   cmp rax, rdx                           ; not: i32.eqz
;;>   setae al
;;>   movzx eax, al
;;>   ret                                    ; not: end

;;> == not-float: eqz of a comparison of floats keeps what it says of NaN
;;> 11 bytes
;;>   ucomisd xmm1, xmm0                     ; not-float: i32.eqz
;;>   setbe al
;;>   movzx eax, al
;;>   ret                                    ; not-float: end

;;> == not-not: eqz of eqz is not zero
;;> 9 bytes
;;>   test eax, eax                          ; not-not: i32.eqz
;;>   setne al
;;>   movzx eax, al
;;>   ret                                    ; not-not: end

;;> == zero: a comparison with zero is a test
;;> 10 bytes
;;>   test rax, rax                          ; zero: i64.eqz
;;>   sete al
;;>   movzx eax, al
;;>   ret                                    ; zero: end

;;> == negative: an ordering with zero
;;> 9 bytes
;;>   test eax, eax                          ; negative: i32.lt_s
;;>   setl al
;;>   movzx eax, al
;;>   ret                                    ; negative: end

;;> == test: x & y compared with zero is a test
;;> 21 bytes
;;>   test eax, edx                          ; test: if
;;>   jne L2
;;>   mov eax, 4
;;> L1:
;;>   ret                                    ; test: end
;;> L2:
;;>   mov eax, 3                             ; test: if
;;>   jmp L1

;;> == test-bit: x & constant compared with zero is a test with an immediate operand
;;> 24 bytes
;;>   test eax, 0x40                         ; test-bit: if
;;>   jne L2
;;>   mov eax, 4
;;> L1:
;;>   ret                                    ; test-bit: end
;;> L2:
;;>   mov eax, 3                             ; test-bit: if
;;>   jmp L1

;;> == test-long: x & constant compared with zero in 64 bits
;;> 13 bytes
;;>   test rax, 0x40000000                   ; test-long: i64.eqz
;;>   sete al
;;>   movzx eax, al
;;>   ret                                    ; test-long: end

;;> == sum-zero: x + constant compared with zero is a comparison with the opposite constant
;;> 10 bytes
;;>   cmp eax, -5                            ; sum-zero: i32.eqz
;;>   sete al
;;>   movzx eax, al
;;>   ret                                    ; sum-zero: end

;;> == difference-zero: x - y compared with zero is x compared with y
;;> 9 bytes
;;>   cmp eax, edx                           ; difference-zero: i32.eqz
;;>   sete al
;;>   movzx eax, al
;;>   ret                                    ; difference-zero: end

;;> == large: a 64-bit constant that does not fit is compared in a register
;;> 20 bytes
;;>   mov rcx, 0x1TYPE                       ; large: i64.gt_u
;;>   cmp rax, rcx
;;>   seta al
;;>   movzx eax, al
;;>   ret                                    ; large: end

;;> == select: a selection is a conditional move
;;> 8 bytes
;;>   cmp eax, edx                           ; select: select
;;>   cmovg edx, eax
;;>   mov eax, edx                           ; select: end
;;>   ret

;;> == select-value: a selection by a value tests it
;;> 10 bytes
;;>   test ecx, ecx                          ; select-value: select
;;>   cmovne rdx, rax
;;>   mov rax, rdx                           ; select-value: end
;;>   ret

;;> == select-constants: a selection between constants
;;> 19 bytes
;;>   mov ecx, 0xa                           ; select-constants: select
;;>   mov edx, 0x14
;;>   cmp eax, 5
;;>   cmovb edx, ecx
;;>   mov eax, edx                           ; select-constants: end
;;>   ret

;;> == select-bool: a selection between one and zero is one between constants
;;> 15 bytes
;;>   mov ecx, 1                             ; select-bool: select
;;>   xor ebx, ebx
;;>   cmp eax, edx
;;>   cmovb ebx, ecx
;;>   mov eax, ebx                           ; select-bool: end
;;>   ret

;;> == select-float-equal: a selection by an equality of floats takes two conditional moves
;;> 15 bytes
;;>   ucomisd xmm0, xmm1                     ; select-float-equal: select
;;>   mov ecx, eax
;;>   cmovp ecx, edx
;;>   cmovne ecx, edx
;;>   mov eax, ecx                           ; select-float-equal: end
;;>   ret

;;> == select-reference: a selection between references
;;> 11 bytes
;;>   test rax, rax                          ; select-reference: select
;;>   cmove rdx, rax
;;>   mov rax, rdx                           ; select-reference: end
;;>   ret

;;> == null: a branch on null tests the reference
;;> 22 bytes
;;>   test rax, rax                          ; null: if
;;>   je L2
;;>   mov eax, 4
;;> L1:
;;>   ret                                    ; null: end
;;> L2:
;;>   mov eax, 3                             ; null: if
;;>   jmp L1

;;> == same: two references are compared as words
;;> 10 bytes
;;>   cmp rax, rdx                           ; same: ref.eq
;;>   sete al
;;>   movzx eax, al
;;>   ret                                    ; same: end

;;> == both: a comparison that is used by a branch and as a value is made for each
;;> 70 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x18
;;>   cmp rsp, [r14]
;;>   jb L3
;;> L1:
;;>   cmp eax, edx                           ; both: i32.lt_s
;;>   setl cl
;;>   movzx ecx, cl
;;>   mov [rbp-0x10], rcx                    ; both: if
;;>   cmp eax, edx
;;>   jge L2
;;>   mov r11, [r14+0x40]                    ; both: call then
;;>   mov r14, [r11+8]
;;>   mov r15, [r14+8]
;;>   call qword [r11]
;;>   mov r14, [rbp-8]
;;> L2:
;;>   mov eax, [rbp-0x10]                    ; both: end
;;>   leave
;;>   ret
;;> L3:
;;>   call StackGuard                        ; both: (entry)
;;>   jmp L1

;;> == and: a conjunction of comparisons is computed
;;> 39 bytes
;;>   cmp eax, 5                             ; and: i32.lt_s
;;>   setl al
;;>   movzx eax, al
;;>   cmp edx, 6                             ; and: i32.gt_s
;;>   setg cl
;;>   movzx ecx, cl
;;>   test eax, ecx                          ; and: if
;;>   jne L2
;;>   mov eax, 4
;;> L1:
;;>   ret                                    ; and: end
;;> L2:
;;>   mov eax, 3                             ; and: if
;;>   jmp L1

;;> == one-armed: an arm without code is the other arm's way around it
;;> 55 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   cmp rsp, [r14]
;;>   jb L3
;;> L1:
;;>   test eax, eax                          ; one-armed: if
;;>   je L2
;;>   mov r11, [r14+0x40]                    ; one-armed: call then
;;>   mov r14, [r11+8]
;;>   mov r15, [r14+8]
;;>   call qword [r11]
;;>   mov r14, [rbp-8]
;;> L2:
;;>   leave                                  ; one-armed: end
;;>   ret
;;> L3:
;;>   call StackGuard                        ; one-armed: (entry)
;;>   jmp L1

;;> == self: a comparison of a value with itself is known
;;> 6 bytes
;;>   mov eax, 1                             ; self: end
;;>   ret

;;> == abs: an absolute value by a selection
;;> 11 bytes
;;>   mov rcx, rax                           ; abs: i32.sub
;;>   neg ecx
;;>   test eax, eax                          ; abs: select
;;>   cmovl eax, ecx
;;>   ret                                    ; abs: end
