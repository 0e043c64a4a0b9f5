;; rules: code tier=optimized
;;
;; Division by constants with multiplications and shifts, and what the division instruction has to be kept from.
(module
  ;; rule: an unsigned quotient by a power of two is a shift
  (func $div-u-16 (param $x i32) (result i32) (i32.div_u (local.get $x) (i32.const 16)))
  ;; rule: an unsigned remainder by a power of two is a mask
  (func $rem-u-16 (param $x i32) (result i32) (i32.rem_u (local.get $x) (i32.const 16)))
  ;; rule: an unsigned quotient with a multiplier of 32 bits
  (func $div-u-10 (param $x i32) (result i32) (i32.div_u (local.get $x) (i32.const 10)))
  ;; rule: an unsigned quotient with a multiplier of 33 bits
  (func $div-u-7 (param $x i32) (result i32) (i32.div_u (local.get $x) (i32.const 7)))
  ;; rule: an unsigned remainder is what the quotient leaves
  (func $rem-u-10 (param $x i32) (result i32) (i32.rem_u (local.get $x) (i32.const 10)))
  ;; rule: an unsigned divisor above 2^31
  (func $div-u-large (param $x i32) (result i32) (i32.div_u (local.get $x) (i32.const 0xf0000000)))
  ;; rule: division by one is none
  (func $div-1 (param $x i32) (result i32) (i32.div_s (local.get $x) (i32.const 1)))
  ;; rule: a signed quotient by two adds the sign first
  (func $div-s-2 (param $x i32) (result i32) (i32.div_s (local.get $x) (i32.const 2)))
  ;; rule: a signed quotient by a power of two adds 2^n - 1 to negative dividends first
  (func $div-s-8 (param $x i32) (result i32) (i32.div_s (local.get $x) (i32.const 8)))
  ;; rule: a signed remainder by a power of two
  (func $rem-s-8 (param $x i32) (result i32) (i32.rem_s (local.get $x) (i32.const 8)))
  ;; rule: a signed quotient by a power of two in 64 bits
  (func $div-s-long (param $x i64) (result i64) (i64.div_s (local.get $x) (i64.const 1024)))
  ;; rule: a signed quotient by a constant
  (func $div-s-10 (param $x i32) (result i32) (i32.div_s (local.get $x) (i32.const 10)))
  ;; rule: a signed remainder by a constant
  (func $rem-s-10 (param $x i32) (result i32) (i32.rem_s (local.get $x) (i32.const 10)))
  ;; rule: a negative divisor is divided by
  (func $div-s-negative (param $x i32) (result i32) (i32.div_s (local.get $x) (i32.const -5)))
  ;; rule: division by -1 overflows for one dividend
  (func $div-s-minus-1 (param $x i32) (result i32) (i32.div_s (local.get $x) (i32.const -1)))
  ;; rule: a remainder by -1 is zero
  (func $rem-s-minus-1 (param $x i32) (result i32) (i32.rem_s (local.get $x) (i32.const -1)))
  ;; rule: in 64 bits a constant divisor that is no power of two needs no checks
  (func $div-u-long (param $x i64) (result i64) (i64.div_u (local.get $x) (i64.const 10)))
  ;; rule: a large power of two in 64 bits has its mask in a register
  (func $rem-u-long (param $x i64) (result i64) (i64.rem_u (local.get $x) (i64.const 0x10000000000)))
  ;; rule: an unknown unsigned divisor is checked for zero
  (func $div-u (param $x i32) (param $y i32) (result i32) (i32.div_u (local.get $x) (local.get $y)))
  ;; rule: an unknown signed divisor is checked for zero and -1
  (func $div-s (param $x i32) (param $y i32) (result i32) (i32.div_s (local.get $x) (local.get $y)))
  ;; rule: a remainder by an unknown divisor that is -1 is zero
  (func $rem-s (param $x i64) (param $y i64) (result i64) (i64.rem_s (local.get $x) (local.get $y)))
  ;; rule: an unsigned remainder by an unknown divisor
  (func $rem-u (param $x i64) (param $y i64) (result i64) (i64.rem_u (local.get $x) (local.get $y)))
  ;; rule: division by the constant zero traps
  (func $div-0 (param $x i32) (result i32) (i32.div_u (local.get $x) (i32.const 0)))
  ;; rule: quotient and remainder of one pair are divided for separately
  (func $both (param $x i32) (param $y i32) (result i32 i32)
    (i32.div_u (local.get $x) (local.get $y)) (i32.rem_u (local.get $x) (local.get $y))))

;;> == div-u-16: an unsigned quotient by a power of two is a shift
;;> 4 bytes
;;>   shr eax, 4                             ; div-u-16: i32.div_u
;;>   ret                                    ; div-u-16: end

;;> == rem-u-16: an unsigned remainder by a power of two is a mask
;;> 4 bytes
;;>   and eax, 0xf                           ; rem-u-16: i32.rem_u
;;>   ret                                    ; rem-u-16: end

;;> == div-u-10: an unsigned quotient with a multiplier of 32 bits
;;> 16 bytes
;;>   mov ecx, -0x33333333                   ; div-u-10: i32.div_u
;;>   imul rcx, rax
;;>   shr rcx, 0x23
;;>   mov eax, ecx                           ; div-u-10: end
;;>   ret

;;> == div-u-7: an unsigned quotient with a multiplier of 33 bits
;;> 21 bytes
;;>   imul rcx, rax, 0x24924925              ; div-u-7: i32.div_u
;;>   shr rcx, 0x20
;;>   sub eax, ecx
;;>   shr eax, 1
;;>   add eax, ecx
;;>   shr eax, 2
;;>   ret                                    ; div-u-7: end

;;> == rem-u-10: an unsigned remainder is what the quotient leaves
;;> 19 bytes
;;>   mov ecx, -0x33333333                   ; rem-u-10: i32.rem_u
;;>   imul rcx, rax
;;>   shr rcx, 0x23
;;>   imul ecx, 0xa
;;>   sub eax, ecx
;;>   ret                                    ; rem-u-10: end

;;> == div-u-large: an unsigned divisor above 2^31
;;> 16 bytes
;;>   mov ecx, -0x77777777                   ; div-u-large: i32.div_u
;;>   imul rcx, rax
;;>   shr rcx, 0x3f
;;>   mov eax, ecx                           ; div-u-large: end
;;>   ret

;;> == div-1: division by one is none
;;> 1 bytes
;;>   ret                                    ; div-1: end

;;> == div-s-2: a signed quotient by two adds the sign first
;;> 11 bytes
;;>   mov rcx, rax                           ; div-s-2: i32.div_s
;;>   shr ecx, 0x1f
;;>   add eax, ecx
;;>   sar eax, 1
;;>   ret                                    ; div-s-2: end

;;> == div-s-8: a signed quotient by a power of two adds 2^n - 1 to negative dividends first
;;> 15 bytes
;;>   mov rcx, rax                           ; div-s-8: i32.div_s
;;>   sar ecx, 0x1f
;;>   shr ecx, 0x1d
;;>   add eax, ecx
;;>   sar eax, 3
;;>   ret                                    ; div-s-8: end

;;> == rem-s-8: a signed remainder by a power of two
;;> 21 bytes
;;>   mov rcx, rax                           ; rem-s-8: i32.rem_s
;;>   sar ecx, 0x1f
;;>   shr ecx, 0x1d
;;>   lea edx, [rax+rcx]
;;>   sar edx, 3
;;>   shl edx, 3
;;>   sub eax, edx
;;>   ret                                    ; rem-s-8: end

;;> == div-s-long: a signed quotient by a power of two in 64 bits
;;> 19 bytes
;;>   mov rcx, rax                           ; div-s-long: i64.div_s
;;>   sar rcx, 0x3f
;;>   shr rcx, 0x36
;;>   add rax, rcx
;;>   sar rax, 0xa
;;>   ret                                    ; div-s-long: end

;;> == div-s-10: a signed quotient by a constant
;;> 22 bytes
;;>   movsxd rcx, eax                        ; div-s-10: i32.div_s
;;>   imul rcx, 0x66666667
;;>   sar rcx, 0x22
;;>   sar eax, 0x1f
;;>   sub ecx, eax
;;>   mov eax, ecx                           ; div-s-10: end
;;>   ret

;;> == rem-s-10: a signed remainder by a constant
;;> 28 bytes
;;>   movsxd rcx, eax                        ; rem-s-10: i32.rem_s
;;>   imul rcx, 0x66666667
;;>   sar rcx, 0x22
;;>   mov rdx, rax
;;>   sar edx, 0x1f
;;>   sub ecx, edx
;;>   imul ecx, 0xa
;;>   sub eax, ecx
;;>   ret                                    ; rem-s-10: end

;;> == div-s-negative: a negative divisor is divided by
;;> 9 bytes
;;>   mov ecx, -5                            ; div-s-negative: i32.div_s
;;>   cdq
;;>   idiv ecx
;;>   ret                                    ; div-s-negative: end

;;> == div-s-minus-1: division by -1 overflows for one dividend
;;> 44 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   mov ecx, -1                            ; div-s-minus-1: i32.div_s
;;>   cmp ecx, -1
;;>   je L2
;;>   cdq
;;>   idiv ecx
;;> L1:
;;>   leave                                  ; div-s-minus-1: end
;;>   ret
;;> L2:
;;>   neg eax                                ; div-s-minus-1: i32.div_s
;;>   jo L3
;;>   jmp L1
;;> L3:
;;>   call Trap

;;> == rem-s-minus-1: a remainder by -1 is zero
;;> 35 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   mov ecx, -1                            ; rem-s-minus-1: i32.rem_s
;;>   cmp ecx, -1
;;>   je L2
;;>   cdq
;;>   idiv ecx
;;> L1:
;;>   mov eax, edx
;;>   leave                                  ; rem-s-minus-1: end
;;>   ret
;;> L2:
;;>   xor edx, edx                           ; rem-s-minus-1: i32.rem_s
;;>   jmp L1

;;> == div-u-long: in 64 bits a constant divisor that is no power of two needs no checks
;;> 11 bytes
;;>   mov ecx, 0xa                           ; div-u-long: i64.div_u
;;>   xor edx, edx
;;>   div rcx
;;>   ret                                    ; div-u-long: end

;;> == rem-u-long: a large power of two in 64 bits has its mask in a register
;;> 14 bytes
;;>   mov rcx, 0xffffffffff                  ; rem-u-long: i64.rem_u
;;>   and rax, rcx
;;>   ret                                    ; rem-u-long: end

;;> == div-u: an unknown unsigned divisor is checked for zero
;;> 31 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   mov ecx, edx                           ; div-u: (entry)
;;>   test ecx, ecx                          ; div-u: i32.div_u
;;>   je L1
;;>   xor edx, edx
;;>   div ecx
;;>   leave                                  ; div-u: end
;;>   ret
;;> L1:
;;>   call Trap                              ; div-u: i32.div_u

;;> == div-s: an unknown signed divisor is checked for zero and -1
;;> 54 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   mov ecx, edx                           ; div-s: (entry)
;;>   test ecx, ecx                          ; div-s: i32.div_s
;;>   je L2
;;>   cmp ecx, -1
;;>   je L3
;;>   cdq
;;>   idiv ecx
;;> L1:
;;>   leave                                  ; div-s: end
;;>   ret
;;> L2:
;;>   call Trap                              ; div-s: i32.div_s
;;> L3:
;;>   neg eax
;;>   jo L4
;;>   jmp L1
;;> L4:
;;>   call Trap

;;> == rem-s: a remainder by an unknown divisor that is -1 is zero
;;> 51 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   mov rcx, rdx                           ; rem-s: (entry)
;;>   test rcx, rcx                          ; rem-s: i64.rem_s
;;>   je L2
;;>   cmp rcx, -1
;;>   je L3
;;>   cqo
;;>   idiv rcx
;;> L1:
;;>   mov rax, rdx
;;>   leave                                  ; rem-s: end
;;>   ret
;;> L2:
;;>   call Trap                              ; rem-s: i64.rem_s
;;> L3:
;;>   xor edx, edx
;;>   jmp L1

;;> == rem-u: an unsigned remainder by an unknown divisor
;;> 37 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   mov rcx, rdx                           ; rem-u: (entry)
;;>   test rcx, rcx                          ; rem-u: i64.rem_u
;;>   je L1
;;>   xor edx, edx
;;>   div rcx
;;>   mov rax, rdx
;;>   leave                                  ; rem-u: end
;;>   ret
;;> L1:
;;>   call Trap                              ; rem-u: i64.rem_u

;;> == div-0: division by the constant zero traps
;;> 31 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   xor ecx, ecx                           ; div-0: i32.div_u
;;>   test ecx, ecx
;;>   je L1
;;>   xor edx, edx
;;>   div ecx
;;>   leave                                  ; div-0: end
;;>   ret
;;> L1:
;;>   call Trap                              ; div-0: i32.div_u

;;> == both: quotient and remainder of one pair are divided for separately
;;> 58 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   mov ecx, eax                           ; both: (entry)
;;>   mov ebx, edx
;;>   test ebx, ebx                          ; both: i32.div_u
;;>   je L1
;;>   mov eax, ecx
;;>   xor edx, edx
;;>   div ebx
;;>   mov esi, eax
;;>   test ebx, ebx                          ; both: i32.rem_u
;;>   je L2
;;>   mov eax, ecx
;;>   xor edx, edx
;;>   div ebx
;;>   mov eax, esi                           ; both: end
;;>   leave
;;>   ret
;;> L1:
;;>   call Trap                              ; both: i32.div_u
;;> L2:
;;>   call Trap                              ; both: i32.rem_u
