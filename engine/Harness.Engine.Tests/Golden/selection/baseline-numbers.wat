;; rules: code tier=baseline tier-up=never
;;
;; What the single-pass compiler makes of numbers, conditions and memories.
(module
  (memory 1)
  (global $g (mut i32) (i32.const 0))
  ;; rule: a constant is an immediate operand
  (func $immediate (param $x i32) (result i32) (i32.add (local.get $x) (i32.const 7)))
  ;; rule: constants are computed
  (func $computed (result i32) (i32.add (i32.const 7) (i32.const 8)))
  ;; rule: a sum that does not overwrite a local is a lea
  (func $lea (param $x i32) (result i32) (i32.sub (i32.add (local.get $x) (i32.const 3)) (local.get $x)))
  ;; rule: a sum of two locals that live on is a lea
  (func $lea-sum (param $x i32) (param $y i32) (result i32)
    (i32.mul (i32.add (local.get $x) (local.get $y)) (i32.sub (local.get $x) (local.get $y))))
  ;; rule: a product with a power of two is a shift
  (func $times-8 (param $x i32) (result i32) (i32.mul (local.get $x) (i32.const 8)))
  ;; rule: a product with another constant
  (func $times-7 (param $x i32) (result i32) (i32.mul (local.get $x) (i32.const 7)))
  ;; rule: an unsigned quotient by a power of two is a shift
  (func $div-u-8 (param $x i32) (result i32) (i32.div_u (local.get $x) (i32.const 8)))
  ;; rule: an unsigned remainder by a power of two is a mask
  (func $rem-u-8 (param $x i32) (result i32) (i32.rem_u (local.get $x) (i32.const 8)))
  ;; rule: a division checks its divisor
  (func $div-s (param $x i32) (param $y i32) (result i32) (i32.div_s (local.get $x) (local.get $y)))
  ;; rule: a shift by a constant
  (func $shift (param $x i32) (result i32) (i32.shl (local.get $x) (i32.const 5)))
  ;; rule: a shift by zero is none
  (func $shift-none (param $x i32) (result i32) (i32.shl (local.get $x) (i32.const 0)))
  ;; rule: a rotation has its count in rcx
  (func $rotate (param $x i32) (param $y i32) (result i32) (i32.rotr (local.get $x) (local.get $y)))
  ;; rule: number of ones
  (func $popcnt (param $x i64) (result i64) (i64.popcnt (local.get $x)))
  ;; rule: a 64-bit constant that fits in 32 bits is an immediate operand
  (func $long (param $x i64) (result i64) (i64.and (local.get $x) (i64.const -16)))
  ;; rule: a 64-bit constant that does not fit goes to a register
  (func $long-large (param $x i64) (result i64) (i64.add (local.get $x) (i64.const 0x100000000)))
  ;; rule: zero extension changes only what is known of the register
  (func $extend-u (param $x i32) (result i64) (i64.extend_i32_u (local.get $x)))
  ;; rule: sign extension
  (func $extend-s (param $x i32) (result i64) (i64.extend_i32_s (local.get $x)))
  ;; rule: wrapping is a move of 32 bits
  (func $wrap (param $x i64) (result i32) (i32.wrap_i64 (local.get $x)))
  ;; rule: a comparison as a value
  (func $compare (param $x i32) (param $y i32) (result i32) (i32.lt_s (local.get $x) (local.get $y)))
  ;; rule: a comparison and the branch behind it are one
  (func $branch (param $x i32) (param $y i32) (result i32)
    (if (result i32) (i32.lt_s (local.get $x) (local.get $y)) (then (i32.const 3)) (else (i32.const 4))))
  ;; rule: eqz and the branch behind it are one
  (func $branch-eqz (param $x i64) (result i32)
    (if (result i32) (i64.eqz (local.get $x)) (then (i32.const 3)) (else (i32.const 4))))
  ;; rule: eqz of a comparison is the opposite comparison
  (func $not (param $x i32) (param $y i32) (result i32) (i32.eqz (i32.gt_u (local.get $x) (local.get $y))))
  ;; rule: a comparison and the selection behind it are one
  (func $select (param $x i32) (param $y i32) (result i32)
    (select (local.get $x) (local.get $y) (i32.gt_s (local.get $x) (local.get $y))))
  ;; rule: a constant on the left of a comparison exchanges the sides
  (func $constant-left (param $x i32) (result i32) (i32.lt_u (i32.const 5) (local.get $x)))
  ;; rule: an address is the memory's base, the index and the offset
  (func $load (param $p i32) (result i32) (i32.load offset=16 (local.get $p)))
  ;; rule: a constant address is a displacement
  (func $load-constant (result i32) (i32.load offset=16 (i32.const 1024)))
  ;; rule: a narrow load with its sign
  (func $load8-s (param $p i32) (result i64) (i64.load8_s (local.get $p)))
  ;; rule: a constant is part of a store
  (func $store-constant (param $p i32) (i32.store (local.get $p) (i32.const 5)))
  ;; rule: a narrow store
  (func $store16 (param $p i32) (param $x i32) (i32.store16 (local.get $p) (local.get $x)))
  ;; rule: a global
  (func $global (result i32) (global.get $g))
  ;; rule: a constant is assigned to a global
  (func $global-set (global.set $g (i32.const 9)))
  ;; rule: a local that a call may not keep in a register lies in the frame
  (func $call (param $x i32) (result i32) (i32.add (call $load (local.get $x)) (local.get $x)))
  ;; rule: locals stay in registers around a loop
  (func $loop (param $n i32) (result i32) (local $s i32)
    (loop $next
      (local.set $s (i32.add (local.get $s) (local.get $n)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $s))
  ;; rule: a branch table
  (func $table (param $x i32) (result i32)
    (block $b (block $a (br_table $a $b (local.get $x))) (return (i32.const 10))) (i32.const 20))
  ;; rules: code tier=baseline tier-up=never needs=avx
  ;; rule: a sum of floats
  (func $float-add (param $x f64) (param $y f64) (result f64) (f64.add (local.get $x) (local.get $y)))
  ;; rule: an ordering of floats and the branch behind it are one
  (func $float-branch (param $x f64) (param $y f64) (result i32)
    (if (result i32) (f64.lt (local.get $x) (local.get $y)) (then (i32.const 3)) (else (i32.const 4))))
  ;; rule: an equality of floats looks at the parity flag, too
  (func $float-equal (param $x f32) (param $y f32) (result i32) (f32.eq (local.get $x) (local.get $y)))
  ;; rule: a minimum goes a way of its own for equal operands and NaN
  (func $float-min (param $x f64) (param $y f64) (result f64) (f64.min (local.get $x) (local.get $y)))
  ;; rule: a double to an unsigned integer of 64 bits, or a trap
  (func $truncate (param $x f64) (result i64) (i64.trunc_f64_u (local.get $x)))
  ;; rule: an unsigned integer to a double
  (func $convert (param $x i32) (result f64) (f64.convert_i32_u (local.get $x)))
  ;; rules: code tier=baseline tier-up=never needs=bmi2
  ;; rule: a shift by a value takes its count from any register
  (func $shift-value (param $x i32) (param $y i32) (result i32) (i32.shr_s (local.get $x) (local.get $y))))

;;> == immediate: a constant is an immediate operand
;;> 20 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x28
;;>   lea ecx, [rax+7]                       ; immediate: i32.add
;;>   mov eax, ecx                           ; immediate: end
;;>   leave
;;>   ret

;;> == computed: constants are computed
;;> 20 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x18
;;>   mov eax, 0xf                           ; computed: end
;;>   leave
;;>   ret

;;> == lea: a sum that does not overwrite a local is a lea
;;> 22 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x28
;;>   lea ecx, [rax+3]                       ; lea: i32.add
;;>   sub ecx, eax                           ; lea: i32.sub
;;>   mov eax, ecx                           ; lea: end
;;>   leave
;;>   ret

;;> == lea-sum: a sum of two locals that live on is a lea
;;> 27 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x38
;;>   lea ecx, [rax+rdx]                     ; lea-sum: i32.add
;;>   mov ebx, eax                           ; lea-sum: i32.sub
;;>   sub ebx, edx
;;>   imul ecx, ebx                          ; lea-sum: i32.mul
;;>   mov eax, ecx                           ; lea-sum: end
;;>   leave
;;>   ret

;;> == times-8: a product with a power of two is a shift
;;> 22 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x28
;;>   mov ecx, eax                           ; times-8: i32.mul
;;>   shl ecx, 3
;;>   mov eax, ecx                           ; times-8: end
;;>   leave
;;>   ret

;;> == times-7: a product with another constant
;;> 20 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x28
;;>   imul ecx, eax, 7                       ; times-7: i32.mul
;;>   mov eax, ecx                           ; times-7: end
;;>   leave
;;>   ret

;;> == div-u-8: an unsigned quotient by a power of two is a shift
;;> 22 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x28
;;>   mov ecx, eax                           ; div-u-8: i32.div_u
;;>   shr ecx, 3
;;>   mov eax, ecx                           ; div-u-8: end
;;>   leave
;;>   ret

;;> == rem-u-8: an unsigned remainder by a power of two is a mask
;;> 22 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x28
;;>   mov ecx, eax                           ; rem-u-8: i32.rem_u
;;>   and ecx, 7
;;>   mov eax, ecx                           ; rem-u-8: end
;;>   leave
;;>   ret

;;> == div-s: a division checks its divisor
;;> 61 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x28
;;>   mov ecx, edx                           ; div-s: i32.div_s
;;>   mov rbx, rax
;;>   mov rsi, rdx
;;>   test ecx, ecx
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
;;>   int3
;;> L3:
;;>   neg eax
;;>   jno L4
;;>   call Trap
;;>   int3
;;> L4:
;;>   jmp L1

;;> == shift: a shift by a constant
;;> 22 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x28
;;>   mov ecx, eax                           ; shift: i32.shl
;;>   shl ecx, 5
;;>   mov eax, ecx                           ; shift: end
;;>   leave
;;>   ret

;;> == shift-none: a shift by zero is none
;;> 19 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x28
;;>   mov ecx, eax                           ; shift-none: i32.shl
;;>   mov eax, ecx                           ; shift-none: end
;;>   leave
;;>   ret

;;> == rotate: a rotation has its count in rcx
;;> 23 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x28
;;>   mov ebx, eax                           ; rotate: i32.rotr
;;>   mov ecx, edx
;;>   ror ebx, cl
;;>   mov eax, ebx                           ; rotate: end
;;>   leave
;;>   ret

;;> == popcnt: number of ones
;;> 23 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x18
;;>   popcnt rcx, rax                        ; popcnt: i64.popcnt
;;>   mov rax, rcx                           ; popcnt: end
;;>   leave
;;>   ret

;;> == long: a 64-bit constant that fits in 32 bits is an immediate operand
;;> 25 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x28
;;>   mov rcx, rax                           ; long: i64.and
;;>   and rcx, -0x10
;;>   mov rax, rcx                           ; long: end
;;>   leave
;;>   ret

;;> == long-large: a 64-bit constant that does not fit goes to a register
;;> 31 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x28
;;>   mov rcx, 0x1TYPE                       ; long-large: i64.const 4294967296
;;>   add rcx, rax                           ; long-large: i64.add
;;>   mov rax, rcx                           ; long-large: end
;;>   leave
;;>   ret

;;> == extend-u: zero extension changes only what is known of the register
;;> 15 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x18
;;>   leave                                  ; extend-u: end
;;>   ret

;;> == extend-s: sign extension
;;> 21 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x18
;;>   movsxd rcx, eax                        ; extend-s: i64.extend_i32_s
;;>   mov rax, rcx                           ; extend-s: end
;;>   leave
;;>   ret

;;> == wrap: wrapping is a move of 32 bits
;;> 19 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x18
;;>   mov ecx, eax                           ; wrap: i32.wrap_i64
;;>   mov eax, ecx                           ; wrap: end
;;>   leave
;;>   ret

;;> == compare: a comparison as a value
;;> 25 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x28
;;>   cmp eax, edx                           ; compare: i32.lt_s
;;>   setl cl
;;>   movzx ecx, cl
;;>   mov eax, ecx                           ; compare: end
;;>   leave
;;>   ret

;;> == branch: a comparison and the branch behind it are one
;;> 40 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x28
;;>   cmp eax, edx                           ; branch: i32.lt_s
;;>   jge L1                                 ; branch: if
;;>   mov ecx, 3                             ; branch: else
;;>   jmp L2
;;> L1:
;;>   mov ecx, 4                             ; branch: end
;;> L2:
;;>   mov eax, ecx                           ; branch: end
;;>   leave
;;>   ret

;;> == branch-eqz: eqz and the branch behind it are one
;;> 41 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x18
;;>   test rax, rax                          ; branch-eqz: i64.eqz
;;>   jne L1                                 ; branch-eqz: if
;;>   mov ecx, 3                             ; branch-eqz: else
;;>   jmp L2
;;> L1:
;;>   mov ecx, 4                             ; branch-eqz: end
;;> L2:
;;>   mov eax, ecx                           ; branch-eqz: end
;;>   leave
;;>   ret

;;> == not: eqz of a comparison is the opposite comparison
;;> 25 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x28
;;>   cmp eax, edx                           ; not: i32.gt_u
;;>   setbe cl
;;>   movzx ecx, cl
;;>   mov eax, ecx                           ; not: end
;;>   leave
;;>   ret

;;> == select: a comparison and the selection behind it are one
;;> 24 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x38
;;>   cmp eax, edx                           ; select: i32.gt_s
;;>   mov ecx, eax                           ; select: select
;;>   cmovle ecx, edx
;;>   mov eax, ecx                           ; select: end
;;>   leave
;;>   ret

;;> == constant-left: a constant on the left of a comparison exchanges the sides
;;> 26 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x28
;;>   cmp eax, 5                             ; constant-left: i32.lt_u
;;>   seta cl
;;>   movzx ecx, cl
;;>   mov eax, ecx                           ; constant-left: end
;;>   leave
;;>   ret

;;> == load: an address is the memory's base, the index and the offset
;;> 22 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x18
;;>   mov ecx, [r15+rax+0x10]                ; load: i32.load offset=16
;;>   mov eax, ecx                           ; load: end
;;>   leave
;;>   ret

;;> == load-constant: a constant address is a displacement
;;> 22 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x18
;;>   mov eax, [r15+0x410]                   ; load-constant: i32.load offset=16
;;>   leave                                  ; load-constant: end
;;>   ret

;;> == load8-s: a narrow load with its sign
;;> 23 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x18
;;>   movsx rcx, byte [r15+rax]              ; load8-s: i64.load8_s
;;>   mov rax, rcx                           ; load8-s: end
;;>   leave
;;>   ret

;;> == store-constant: a constant is part of a store
;;> 23 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x28
;;>   mov dword [r15+rax], 5                 ; store-constant: i32.store
;;>   leave                                  ; store-constant: end
;;>   ret

;;> == store16: a narrow store
;;> 20 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x28
;;>   mov [r15+rax], dx                      ; store16: i32.store16
;;>   leave                                  ; store16: end
;;>   ret

;;> == global: a global
;;> 19 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x18
;;>   mov eax, [r14+0x50]                    ; global: global.get 0
;;>   leave                                  ; global: end
;;>   ret

;;> == global-set: a constant is assigned to a global
;;> 23 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x18
;;>   mov dword [r14+0x50], 9                ; global-set: global.set 0
;;>   leave                                  ; global-set: end
;;>   ret

;;> == call: a local that a call may not keep in a register lies in the frame
;;> 46 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x28
;;>   cmp rsp, [r14]
;;>   jb L2
;;> L1:
;;>   mov [rbp-0x18], eax                    ; call: call load
;;>   call qword [r14+0x600]
;;>   mov ecx, [rbp-0x18]                    ; call: local.get 0
;;>   add eax, ecx                           ; call: i32.add
;;>   leave                                  ; call: end
;;>   ret
;;> L2:
;;>   call StackGuard                        ; call: (entry)
;;>   jmp L1

;;> == loop: locals stay in registers around a loop
;;> 55 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x28
;;>   xor ecx, ecx                           ; loop: loop
;;> L1:
;;>   cmp rsp, [r14]
;;>   jb L4
;;> L2:
;;>   lea edx, [rcx+rax]                     ; loop: i32.add
;;>   lea ecx, [rax-1]                       ; loop: i32.sub
;;>   test ecx, ecx                          ; loop: br_if 0
;;>   je L3
;;>   mov eax, ecx
;;>   mov ecx, edx
;;>   jmp L1
;;> L3:
;;>   mov eax, edx                           ; loop: end
;;>   leave
;;>   ret
;;> L4:
;;>   call StackGuard                        ; loop: loop
;;>   jmp L2

;;> == table: a branch table
;;> 40 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x18
;;>   test eax, eax                          ; table: br_table
;;>   je L1
;;>   jmp L2
;;> L1:
;;>   mov eax, 0xa                           ; table: return
;;>   leave
;;>   ret
;;> L2:
;;>   mov eax, 0x14                          ; table: end
;;>   leave
;;>   ret

;;> == float-add: a sum of floats
;;> 22 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x28
;;>   vaddsd xmm2, xmm0, xmm1                ; float-add: f64.add
;;>   movaps xmm0, xmm2                      ; float-add: end
;;>   leave
;;>   ret

;;> == float-branch: an ordering of floats and the branch behind it are one
;;> 40 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x28
;;>   ucomisd xmm1, xmm0                     ; float-branch: f64.lt
;;>   jbe L1                                 ; float-branch: if
;;>   mov eax, 3                             ; float-branch: else
;;>   jmp L2
;;> L1:
;;>   mov eax, 4                             ; float-branch: end
;;> L2:
;;>   leave                                  ; float-branch: end
;;>   ret

;;> == float-equal: an equality of floats looks at the parity flag, too
;;> 31 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x28
;;>   ucomiss xmm0, xmm1                     ; float-equal: f32.eq
;;>   sete al
;;>   setnp r11b
;;>   and eax, r11d
;;>   movzx eax, al
;;>   leave                                  ; float-equal: end
;;>   ret

;;> == float-min: a minimum goes a way of its own for equal operands and NaN
;;> 48 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x28
;;>   movaps xmm2, xmm0                      ; float-min: f64.min
;;>   ucomisd xmm2, xmm1
;;>   je L2
;;>   minsd xmm2, xmm1
;;> L1:
;;>   movaps xmm0, xmm2                      ; float-min: end
;;>   leave
;;>   ret
;;> L2:
;;>   jp L3                                  ; float-min: f64.min
;;>   orps xmm2, xmm1
;;>   jmp L1
;;> L3:
;;>   addsd xmm2, xmm1
;;>   jmp L1

;;> == truncate: a double to an unsigned integer of 64 bits, or a trap
;;> 120 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x18
;;>   ucomisd xmm0, [rel C1]                 ; truncate: i64.trunc_f64_u
;;>   jae L2
;;>   cvttsd2si rax, xmm0
;;>   test rax, rax
;;>   js L4
;;> L1:
;;>   leave                                  ; truncate: end
;;>   ret
;;> L2:
;;>   movaps xmm15, xmm0                     ; truncate: i64.trunc_f64_u
;;>   subsd xmm15, [rel C1]
;;>   cvttsd2si rax, xmm15
;;>   test rax, rax
;;>   jns L3
;;>   call Trap
;;>   int3
;;> L3:
;;>   mov r11, -0x8000000000000000
;;>   xor rax, r11
;;>   jmp L1
;;> L4:
;;>   ucomisd xmm0, xmm0
;;>   jnp L5
;;>   call Trap
;;>   int3
;;> L5:
;;>   call Trap
;;>   int3
;;> C1:
;;>   dq 0x43e0000000000000

;;> == convert: an unsigned integer to a double
;;> 23 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x18
;;>   xorps xmm0, xmm0                       ; convert: f64.convert_i32_u
;;>   cvtsi2sd xmm0, rax
;;>   leave                                  ; convert: end
;;>   ret

;;> == shift-value: a shift by a value takes its count from any register
;;> 22 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x28
;;>   sarx ecx, eax, edx                     ; shift-value: i32.shr_s
;;>   mov eax, ecx                           ; shift-value: end
;;>   leave
;;>   ret
