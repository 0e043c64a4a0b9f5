;; rules: code tier=optimized needs=avx
;;
;; Conversions between numbers.
(module
  (memory 1)
  ;; rule: wrapping is a move of 32 bits
  (func $wrap (param $x i64) (result i32) (i32.wrap_i64 (local.get $x)))
  ;; rule: sign extension
  (func $extend-s (param $x i32) (result i64) (i64.extend_i32_s (local.get $x)))
  ;; rule: zero extension is no instruction
  (func $extend-u (param $x i32) (param $y i64) (result i64) (i64.add (i64.extend_i32_u (local.get $x)) (local.get $y)))
  ;; rule: zero extension of a loaded value is no instruction
  (func $extend-load (param $p i32) (result i64) (i64.extend_i32_u (i32.load (local.get $p))))
  ;; rule: wrapping of an extended value is neither
  (func $there-and-back (param $x i32) (result i32) (i32.wrap_i64 (i64.extend_i32_s (local.get $x))))
  ;; rule: a signed integer to a double
  (func $i32-s-to-f64 (param $x i32) (result f64) (f64.convert_i32_s (local.get $x)))
  ;; rule: an unsigned integer to a double is a signed one of 64 bits
  (func $i32-u-to-f64 (param $x i32) (result f64) (f64.convert_i32_u (local.get $x)))
  ;; rule: a signed integer of 64 bits to a single
  (func $i64-s-to-f32 (param $x i64) (result f32) (f32.convert_i64_s (local.get $x)))
  ;; rule: an unsigned integer of 64 bits to a double is halved where its top bit is set
  (func $i64-u-to-f64 (param $x i64) (result f64) (f64.convert_i64_u (local.get $x)))
  ;; rule: a double to a signed integer, or a trap
  (func $f64-to-i32-s (param $x f64) (result i32) (i32.trunc_f64_s (local.get $x)))
  ;; rule: a single to an unsigned integer, or a trap
  (func $f32-to-i32-u (param $x f32) (result i32) (i32.trunc_f32_u (local.get $x)))
  ;; rule: a double to a signed integer of 64 bits, or a trap
  (func $f64-to-i64-s (param $x f64) (result i64) (i64.trunc_f64_s (local.get $x)))
  ;; rule: a double to an unsigned integer of 64 bits, or a trap
  (func $f64-to-i64-u (param $x f64) (result i64) (i64.trunc_f64_u (local.get $x)))
  ;; rule: a double to a signed integer, saturating
  (func $sat-i32-s (param $x f64) (result i32) (i32.trunc_sat_f64_s (local.get $x)))
  ;; rule: a single to an unsigned integer, saturating
  (func $sat-i32-u (param $x f32) (result i32) (i32.trunc_sat_f32_u (local.get $x)))
  ;; rule: a double to a signed integer of 64 bits, saturating
  (func $sat-i64-s (param $x f64) (result i64) (i64.trunc_sat_f64_s (local.get $x)))
  ;; rule: a double to an unsigned integer of 64 bits, saturating
  (func $sat-i64-u (param $x f64) (result i64) (i64.trunc_sat_f64_u (local.get $x)))
  ;; rule: a single to a double
  (func $promote (param $x f32) (result f64) (f64.promote_f32 (local.get $x)))
  ;; rule: a double to a single
  (func $demote (param $x f64) (result f32) (f32.demote_f64 (local.get $x)))
  ;; rule: the bits of a double
  (func $bits (param $x f64) (result i64) (i64.reinterpret_f64 (local.get $x)))
  ;; rule: a single of bits
  (func $of-bits (param $x i32) (result f32) (f32.reinterpret_i32 (local.get $x)))
  ;; rule: bits that are loaded only to be a float
  (func $load-bits (param $p i32) (result f64) (f64.reinterpret_i64 (i64.load (local.get $p)))))

;;> == wrap: wrapping is a move of 32 bits
;;> 3 bytes
;;>   mov eax, eax                           ; wrap: i32.wrap_i64
;;>   ret                                    ; wrap: end

;;> == extend-s: sign extension
;;> 4 bytes
;;>   movsxd rax, eax                        ; extend-s: i64.extend_i32_s
;;>   ret                                    ; extend-s: end

;;> == extend-u: zero extension is no instruction
;;> 4 bytes
;;>   add rax, rdx                           ; extend-u: i64.add
;;>   ret                                    ; extend-u: end

;;> == extend-load: zero extension of a loaded value is no instruction
;;> 16 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   mov eax, [r15+rax]                     ; extend-load: i32.load
;;>   leave                                  ; extend-load: end
;;>   ret

;;> == there-and-back: wrapping of an extended value is neither
;;> 1 bytes
;;>   ret                                    ; there-and-back: end

;;> == i32-s-to-f64: a signed integer to a double
;;> 9 bytes
;;>   vxorps xmm0, xmm0, xmm0                ; i32-s-to-f64: f64.convert_i32_s
;;>   vcvtsi2sd xmm0, xmm0, eax
;;>   ret                                    ; i32-s-to-f64: end

;;> == i32-u-to-f64: an unsigned integer to a double is a signed one of 64 bits
;;> 10 bytes
;;>   vxorps xmm0, xmm0, xmm0                ; i32-u-to-f64: f64.convert_i32_u
;;>   vcvtsi2sd xmm0, xmm0, rax
;;>   ret                                    ; i32-u-to-f64: end

;;> == i64-s-to-f32: a signed integer of 64 bits to a single
;;> 10 bytes
;;>   vxorps xmm0, xmm0, xmm0                ; i64-s-to-f32: f32.convert_i64_s
;;>   vcvtsi2ss xmm0, xmm0, rax
;;>   ret                                    ; i64-s-to-f32: end

;;> == i64-u-to-f64: an unsigned integer of 64 bits to a double is halved where its top bit is set
;;> 42 bytes
;;>   vxorps xmm0, xmm0, xmm0                ; i64-u-to-f64: f64.convert_i64_u
;;>   test rax, rax
;;>   js L2
;;>   vcvtsi2sd xmm0, xmm0, rax
;;> L1:
;;>   ret                                    ; i64-u-to-f64: end
;;> L2:
;;>   mov r11, rax                           ; i64-u-to-f64: f64.convert_i64_u
;;>   shr r11, 1
;;>   jae L3
;;>   or r11, 1
;;> L3:
;;>   vcvtsi2sd xmm0, xmm0, r11
;;>   vaddsd xmm0, xmm0, xmm0
;;>   jmp L1

;;> == f64-to-i32-s: a double to a signed integer, or a trap
;;> 88 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   cvttsd2si eax, xmm0                    ; f64-to-i32-s: i32.trunc_f64_s
;;>   cmp eax, 1
;;>   jo L2
;;> L1:
;;>   leave                                  ; f64-to-i32-s: end
;;>   ret
;;> L2:
;;>   ucomisd xmm0, xmm0                     ; f64-to-i32-s: i32.trunc_f64_s
;;>   jp L4
;;>   ucomisd xmm0, [rel C1]
;;>   jbe L3
;;>   vxorps xmm15, xmm15, xmm15
;;>   ucomisd xmm0, xmm15
;;>   ja L3
;;>   jmp L1
;;> L3:
;;>   call Trap
;;> L4:
;;>   call Trap
;;> C1:
;;>   dq 0xc1e0000000200000

;;> == f32-to-i32-u: a single to an unsigned integer, or a trap
;;> 53 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   cvttss2si rax, xmm0                    ; f32-to-i32-u: i32.trunc_f32_u
;;>   mov r11d, eax
;;>   cmp r11, rax
;;>   jne L1
;;>   leave                                  ; f32-to-i32-u: end
;;>   ret
;;> L1:
;;>   ucomiss xmm0, xmm0                     ; f32-to-i32-u: i32.trunc_f32_u
;;>   jp L3
;;>   jmp L2
;;> L2:
;;>   call Trap
;;> L3:
;;>   call Trap

;;> == f64-to-i64-s: a double to a signed integer of 64 bits, or a trap
;;> 88 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   cvttsd2si rax, xmm0                    ; f64-to-i64-s: i64.trunc_f64_s
;;>   cmp rax, 1
;;>   jo L2
;;> L1:
;;>   leave                                  ; f64-to-i64-s: end
;;>   ret
;;> L2:
;;>   ucomisd xmm0, xmm0                     ; f64-to-i64-s: i64.trunc_f64_s
;;>   jp L4
;;>   ucomisd xmm0, [rel C1]
;;>   jb L3
;;>   vxorps xmm15, xmm15, xmm15
;;>   ucomisd xmm0, xmm15
;;>   ja L3
;;>   jmp L1
;;> L3:
;;>   call Trap
;;> L4:
;;>   call Trap
;;> C1:
;;>   dq 0xc3e0000000000000

;;> == f64-to-i64-u: a double to an unsigned integer of 64 bits, or a trap
;;> 112 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   ucomisd xmm0, [rel C1]                 ; f64-to-i64-u: i64.trunc_f64_u
;;>   jae L1
;;>   cvttsd2si rax, xmm0
;;>   test rax, rax
;;>   js L3
;;>   jmp L2
;;> L1:
;;>   vmovaps xmm15, xmm0
;;>   vsubsd xmm15, xmm15, [rel C1]
;;>   cvttsd2si rax, xmm15
;;>   test rax, rax
;;>   js L3
;;>   mov r11, -0x8000000000000000
;;>   xor rax, r11
;;> L2:
;;>   leave                                  ; f64-to-i64-u: end
;;>   ret
;;> L3:
;;>   ucomisd xmm0, xmm0                     ; f64-to-i64-u: i64.trunc_f64_u
;;>   jp L5
;;>   jmp L4
;;> L4:
;;>   call Trap
;;> L5:
;;>   call Trap
;;> C1:
;;>   dq 0x43e0000000000000

;;> == sat-i32-s: a double to a signed integer, saturating
;;> 45 bytes
;;>   cvttsd2si eax, xmm0                    ; sat-i32-s: i32.trunc_sat_f64_s
;;>   cmp eax, 1
;;>   jo L2
;;> L1:
;;>   ret                                    ; sat-i32-s: end
;;> L2:
;;>   vxorps xmm15, xmm15, xmm15             ; sat-i32-s: i32.trunc_sat_f64_s
;;>   ucomisd xmm0, xmm15
;;>   mov eax, 0
;;>   jp L1
;;>   mov eax, -0x80000000
;;>   jbe L1
;;>   mov eax, 0x7fffffff
;;>   jmp L1

;;> == sat-i32-u: a single to an unsigned integer, saturating
;;> 48 bytes
;;>   cvttss2si rax, xmm0                    ; sat-i32-u: i32.trunc_sat_f32_u
;;>   mov r11d, eax
;;>   cmp r11, rax
;;>   jne L2
;;> L1:
;;>   ret                                    ; sat-i32-u: end
;;> L2:
;;>   vxorps xmm15, xmm15, xmm15             ; sat-i32-u: i32.trunc_sat_f32_u
;;>   ucomiss xmm0, xmm15
;;>   mov eax, 0
;;>   jp L1
;;>   mov eax, 0
;;>   jbe L1
;;>   mov eax, -1
;;>   jmp L1

;;> == sat-i64-s: a double to a signed integer of 64 bits, saturating
;;> 57 bytes
;;>   cvttsd2si rax, xmm0                    ; sat-i64-s: i64.trunc_sat_f64_s
;;>   cmp rax, 1
;;>   jo L2
;;> L1:
;;>   ret                                    ; sat-i64-s: end
;;> L2:
;;>   vxorps xmm15, xmm15, xmm15             ; sat-i64-s: i64.trunc_sat_f64_s
;;>   ucomisd xmm0, xmm15
;;>   mov eax, 0
;;>   jp L1
;;>   mov rax, -0x8000000000000000
;;>   jbe L1
;;>   mov rax, 0x7fffffffffffffff
;;>   jmp L1

;;> == sat-i64-u: a double to an unsigned integer of 64 bits, saturating
;;> 112 bytes
;;>   ucomisd xmm0, [rel C1]                 ; sat-i64-u: i64.trunc_sat_f64_u
;;>   jae L1
;;>   cvttsd2si rax, xmm0
;;>   test rax, rax
;;>   js L3
;;>   jmp L2
;;> L1:
;;>   vmovaps xmm15, xmm0
;;>   vsubsd xmm15, xmm15, [rel C1]
;;>   cvttsd2si rax, xmm15
;;>   test rax, rax
;;>   js L3
;;>   mov r11, -0x8000000000000000
;;>   xor rax, r11
;;> L2:
;;>   ret                                    ; sat-i64-u: end
;;> L3:
;;>   vxorps xmm15, xmm15, xmm15             ; sat-i64-u: i64.trunc_sat_f64_u
;;>   ucomisd xmm0, xmm15
;;>   mov eax, 0
;;>   jp L2
;;>   mov eax, 0
;;>   jbe L2
;;>   mov rax, -1
;;>   jmp L2
;;> C1:
;;>   dq 0x43e0000000000000

;;> == promote: a single to a double
;;> 5 bytes
;;>   vcvtss2sd xmm0, xmm0, xmm0             ; promote: f64.promote_f32
;;>   ret                                    ; promote: end

;;> == demote: a double to a single
;;> 5 bytes
;;>   vcvtsd2ss xmm0, xmm0, xmm0             ; demote: f32.demote_f64
;;>   ret                                    ; demote: end

;;> == bits: the bits of a double
;;> 6 bytes
;;>   movq rax, xmm0                         ; bits: i64.reinterpret_f64
;;>   ret                                    ; bits: end

;;> == of-bits: a single of bits
;;> 5 bytes
;;>   vmovd xmm0, eax                        ; of-bits: f32.reinterpret_i32
;;>   ret                                    ; of-bits: end

;;> == load-bits: bits that are loaded only to be a float
;;> 21 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   mov rax, [r15+rax]                     ; load-bits: i64.load
;;>   vmovq xmm0, rax                        ; load-bits: f64.reinterpret_i64
;;>   leave                                  ; load-bits: end
;;>   ret
