;; rules: code tier=optimized
;;
;; Shifts and rotations by constants and by values, and counts of bits.
(module
  ;; rule: a shift by a constant has an immediate operand
  (func $shl (param $x i32) (result i32) (i32.shl (local.get $x) (i32.const 5)))
  ;; rule: an arithmetic shift by a constant
  (func $shr-s (param $x i32) (result i32) (i32.shr_s (local.get $x) (i32.const 5)))
  ;; rule: a logical shift by a constant in 64 bits
  (func $shr-u (param $x i64) (result i64) (i64.shr_u (local.get $x) (i64.const 40)))
  ;; rule: a constant count is taken modulo the width
  (func $modulo (param $x i32) (result i32) (i32.shl (local.get $x) (i32.const 37)))
  ;; rule: a shift by zero is none
  (func $none (param $x i32) (result i32) (i32.shl (local.get $x) (i32.const 32)))
  ;; rule: shifts to and fro that extend the sign of a byte
  (func $sign-byte (param $x i32) (result i32) (i32.shr_s (i32.shl (local.get $x) (i32.const 24)) (i32.const 24)))
  ;; rule: shifts to and fro that clear high bits
  (func $clear-high (param $x i32) (result i32) (i32.shr_u (i32.shl (local.get $x) (i32.const 16)) (i32.const 16)))
  ;; rule: two shifts in one direction
  (func $two-shifts (param $x i32) (result i32) (i32.shr_u (i32.shr_u (local.get $x) (i32.const 3)) (i32.const 4)))
  ;; rule: a rotation to the left by a constant
  (func $rotl (param $x i32) (result i32) (i32.rotl (local.get $x) (i32.const 13)))
  ;; rule: a rotation to the right by a constant in 64 bits
  (func $rotr (param $x i64) (result i64) (i64.rotr (local.get $x) (i64.const 13)))
  ;; rule: a rotation by a value has its count in rcx
  (func $rotl-value (param $x i32) (param $y i32) (result i32) (i32.rotl (local.get $x) (local.get $y)))
  ;; rules: code tier=optimized needs=bmi2
  ;; rule: a rotation by a constant into another register
  (func $rotate-other (param $x i32) (result i32) (i32.xor (i32.rotl (local.get $x) (i32.const 7)) (local.get $x)))
  ;; rule: a shift by a value takes its count from any register
  (func $shl-value (param $x i32) (param $y i32) (result i32) (i32.shl (local.get $x) (local.get $y)))
  ;; rule: an arithmetic shift by a value in 64 bits
  (func $shr-s-value (param $x i64) (param $y i64) (result i64) (i64.shr_s (local.get $x) (local.get $y)))
  ;; rule: a logical shift by a value
  (func $shr-u-value (param $x i32) (param $y i32) (result i32) (i32.shr_u (local.get $x) (local.get $y)))
  ;; rule: a count is not masked where the shift does that
  (func $masked (param $x i32) (param $y i32) (result i32)
    (i32.shl (local.get $x) (i32.and (local.get $y) (i32.const 31))))
  ;; rule: a mask that is wider than the count is no mask
  (func $masked-wide (param $x i64) (param $y i64) (result i64)
    (i64.shr_u (local.get $x) (i64.and (local.get $y) (i64.const 127))))
  ;; rule: a mask that is narrower than the count stays
  (func $masked-narrow (param $x i32) (param $y i32) (result i32)
    (i32.shl (local.get $x) (i32.and (local.get $y) (i32.const 7))))
  ;; rule: one shifted by a value
  (func $bit (param $y i32) (result i32) (i32.shl (i32.const 1) (local.get $y)))
  ;; rules: code tier=optimized needs=lzcnt
  ;; rule: leading zeros
  (func $clz (param $x i32) (result i32) (i32.clz (local.get $x)))
  ;; rule: leading zeros in 64 bits
  (func $clz-long (param $x i64) (result i64) (i64.clz (local.get $x)))
  ;; rules: code tier=optimized needs=bmi1
  ;; rule: trailing zeros
  (func $ctz (param $x i32) (result i32) (i32.ctz (local.get $x)))
  ;; rule: trailing zeros in 64 bits
  (func $ctz-long (param $x i64) (result i64) (i64.ctz (local.get $x)))
  ;; rules: code tier=optimized
  ;; rule: number of ones
  (func $popcnt (param $x i64) (result i64) (i64.popcnt (local.get $x)))
  ;; rule: the sign of the low byte
  (func $extend8 (param $x i32) (result i32) (i32.extend8_s (local.get $x)))
  ;; rule: the sign of the low half in 64 bits
  (func $extend32 (param $x i64) (result i64) (i64.extend32_s (local.get $x))))

;;> == shl: a shift by a constant has an immediate operand
;;> 4 bytes
;;>   shl eax, 5                             ; shl: i32.shl
;;>   ret                                    ; shl: end

;;> == shr-s: an arithmetic shift by a constant
;;> 4 bytes
;;>   sar eax, 5                             ; shr-s: i32.shr_s
;;>   ret                                    ; shr-s: end

;;> == shr-u: a logical shift by a constant in 64 bits
;;> 5 bytes
;;>   shr rax, 0x28                          ; shr-u: i64.shr_u
;;>   ret                                    ; shr-u: end

;;> == modulo: a constant count is taken modulo the width
;;> 4 bytes
;;>   shl eax, 5                             ; modulo: i32.shl
;;>   ret                                    ; modulo: end

;;> == none: a shift by zero is none
;;> 1 bytes
;;>   ret                                    ; none: end

;;> == sign-byte: shifts to and fro that extend the sign of a byte
;;> 4 bytes
;;>   movsx eax, al                          ; sign-byte: i32.shr_s
;;>   ret                                    ; sign-byte: end

;;> == clear-high: shifts to and fro that clear high bits
;;> 4 bytes
;;>   movzx eax, ax                          ; clear-high: i32.shr_u
;;>   ret                                    ; clear-high: end

;;> == two-shifts: two shifts in one direction
;;> 4 bytes
;;>   shr eax, 7                             ; two-shifts: i32.shr_u
;;>   ret                                    ; two-shifts: end

;;> == rotl: a rotation to the left by a constant
;;> 4 bytes
;;>   rol eax, 0xd                           ; rotl: i32.rotl
;;>   ret                                    ; rotl: end

;;> == rotr: a rotation to the right by a constant in 64 bits
;;> 5 bytes
;;>   ror rax, 0xd                           ; rotr: i64.rotr
;;>   ret                                    ; rotr: end

;;> == rotl-value: a rotation by a value has its count in rcx
;;> 12 bytes
;;>   mov ecx, edx                           ; rotl-value: (entry)
;;>   mov r11, rax                           ; rotl-value: i32.rotl
;;>   rol r11d, cl
;;>   mov rax, r11
;;>   ret                                    ; rotl-value: end

;;> == rotate-other: a rotation by a constant into another register
;;> 11 bytes
;;>   rorx ecx, eax, 0x19                    ; rotate-other: i32.rotl
;;>   xor ecx, eax                           ; rotate-other: i32.xor
;;>   mov eax, ecx                           ; rotate-other: end
;;>   ret

;;> == shl-value: a shift by a value takes its count from any register
;;> 6 bytes
;;>   shlx eax, eax, edx                     ; shl-value: i32.shl
;;>   ret                                    ; shl-value: end

;;> == shr-s-value: an arithmetic shift by a value in 64 bits
;;> 6 bytes
;;>   sarx rax, rax, rdx                     ; shr-s-value: i64.shr_s
;;>   ret                                    ; shr-s-value: end

;;> == shr-u-value: a logical shift by a value
;;> 6 bytes
;;>   shrx eax, eax, edx                     ; shr-u-value: i32.shr_u
;;>   ret                                    ; shr-u-value: end

;;> == masked: a count is not masked where the shift does that
;;> 6 bytes
;;>   shlx eax, eax, edx                     ; masked: i32.shl
;;>   ret                                    ; masked: end

;;> == masked-wide: a mask that is wider than the count is no mask
;;> 6 bytes
;;>   shrx rax, rax, rdx                     ; masked-wide: i64.shr_u
;;>   ret                                    ; masked-wide: end

;;> == masked-narrow: a mask that is narrower than the count stays
;;> 9 bytes
;;>   and edx, 7                             ; masked-narrow: i32.and
;;>   shlx eax, eax, edx                     ; masked-narrow: i32.shl
;;>   ret                                    ; masked-narrow: end

;;> == bit: one shifted by a value
;;> 11 bytes
;;>   mov ecx, 1                             ; bit: i32.shl
;;>   shlx eax, ecx, eax
;;>   ret                                    ; bit: end

;;> == clz: leading zeros
;;> 5 bytes
;;>   lzcnt eax, eax                         ; clz: i32.clz
;;>   ret                                    ; clz: end

;;> == clz-long: leading zeros in 64 bits
;;> 6 bytes
;;>   lzcnt rax, rax                         ; clz-long: i64.clz
;;>   ret                                    ; clz-long: end

;;> == ctz: trailing zeros
;;> 5 bytes
;;>   tzcnt eax, eax                         ; ctz: i32.ctz
;;>   ret                                    ; ctz: end

;;> == ctz-long: trailing zeros in 64 bits
;;> 6 bytes
;;>   tzcnt rax, rax                         ; ctz-long: i64.ctz
;;>   ret                                    ; ctz-long: end

;;> == popcnt: number of ones
;;> 6 bytes
;;>   popcnt rax, rax                        ; popcnt: i64.popcnt
;;>   ret                                    ; popcnt: end

;;> == extend8: the sign of the low byte
;;> 4 bytes
;;>   movsx eax, al                          ; extend8: i32.extend8_s
;;>   ret                                    ; extend8: end

;;> == extend32: the sign of the low half in 64 bits
;;> 4 bytes
;;>   movsxd rax, eax                        ; extend32: i64.extend32_s
;;>   ret                                    ; extend32: end
