;; rules: code tier=optimized needs=avx
;;
;; Arithmetic and comparison of floats.
(module
  (memory 1)
  ;; rule: a sum of two registers has three operands
  (func $add (param $x f64) (param $y f64) (result f64) (f64.add (local.get $x) (local.get $y)))
  ;; rule: a sum of singles
  (func $add-single (param $x f32) (param $y f32) (result f32) (f32.add (local.get $x) (local.get $y)))
  ;; rule: a constant on the right is read from memory
  (func $constant (param $x f64) (result f64) (f64.mul (local.get $x) (f64.const 1.5)))
  ;; rule: a constant on the left of a commutative operator goes to the right
  (func $constant-left (param $x f64) (result f64) (f64.add (f64.const 1.5) (local.get $x)))
  ;; rule: a constant on the left of a subtraction is loaded
  (func $constant-minus (param $x f64) (result f64) (f64.sub (f64.const 1.5) (local.get $x)))
  ;; rule: a constant divisor that is a power of two is multiplied by, as its reciprocal
  (func $half (param $x f64) (result f64) (f64.div (local.get $x) (f64.const 2)))
  ;; rule: a load is the right operand
  (func $load (param $x f64) (param $p i32) (result f64) (f64.sub (local.get $x) (f64.load (local.get $p))))
  ;; rule: a load on the left comes before
  (func $load-left (param $p i32) (param $x f32) (result f32) (f32.mul (f32.load (local.get $p)) (local.get $x)))
  ;; rule: two products and their sum
  (func $products (param $a f64) (param $b f64) (param $c f64) (result f64)
    (f64.add (f64.mul (local.get $a) (local.get $b)) (f64.mul (local.get $b) (local.get $c))))
  ;; rule: the sign is cleared by a mask
  (func $abs (param $x f64) (result f64) (f64.abs (local.get $x)))
  ;; rule: the sign is flipped by a mask
  (func $neg (param $x f32) (result f32) (f32.neg (local.get $x)))
  ;; rule: a sign is copied by two masks
  (func $copysign (param $x f64) (param $y f64) (result f64) (f64.copysign (local.get $x) (local.get $y)))
  ;; rule: a root
  (func $sqrt (param $x f64) (result f64) (f64.sqrt (local.get $x)))
  ;; rule: rounding down
  (func $floor (param $x f64) (result f64) (f64.floor (local.get $x)))
  ;; rule: rounding up, of singles
  (func $ceil (param $x f32) (result f32) (f32.ceil (local.get $x)))
  ;; rule: rounding to the nearest even number
  (func $nearest (param $x f64) (result f64) (f64.nearest (local.get $x)))
  ;; rule: cutting off the fraction
  (func $trunc (param $x f64) (result f64) (f64.trunc (local.get $x)))
  ;; rule: a minimum goes a way of its own for equal operands and NaN
  (func $min (param $x f64) (param $y f64) (result f64) (f64.min (local.get $x) (local.get $y)))
  ;; rule: a maximum of singles
  (func $max (param $x f32) (param $y f32) (result f32) (f32.max (local.get $x) (local.get $y)))
  ;; rule: less is greater with the sides exchanged, which fails for NaN
  (func $less (param $x f64) (param $y f64) (result i32) (f64.lt (local.get $x) (local.get $y)))
  ;; rule: greater or equal
  (func $greater-equal (param $x f32) (param $y f32) (result i32) (f32.ge (local.get $x) (local.get $y)))
  ;; rule: equality looks at the parity flag, too
  (func $equal (param $x f64) (param $y f64) (result i32) (f64.eq (local.get $x) (local.get $y)))
  ;; rule: inequality holds for NaN
  (func $not-equal (param $x f64) (param $y f64) (result i32) (f64.ne (local.get $x) (local.get $y)))
  ;; rule: a branch on an ordering is one jump
  (func $branch (param $x f64) (param $y f64) (result i32)
    (if (result i32) (f64.le (local.get $x) (local.get $y)) (then (i32.const 3)) (else (i32.const 4))))
  ;; rule: a branch on an equality is two jumps
  (func $branch-equal (param $x f64) (param $y f64) (result i32)
    (if (result i32) (f64.eq (local.get $x) (local.get $y)) (then (i32.const 3)) (else (i32.const 4))))
  ;; rule: a branch where an ordering fails is taken for NaN
  (func $branch-not (param $x f64) (param $y f64) (result i32)
    (if (result i32) (i32.eqz (f64.lt (local.get $x) (local.get $y))) (then (i32.const 3)) (else (i32.const 4))))
  ;; rule: a constant that is compared with is loaded before
  (func $compare-constant (param $x f64) (result i32) (f64.gt (local.get $x) (f64.const 0.5)))
  ;; rule: a comparison with zero
  (func $compare-zero (param $x f64) (result i32) (f64.ge (local.get $x) (f64.const 0)))
  ;; rule: a comparison with a loaded value
  (func $compare-load (param $x f64) (param $p i32) (result i32) (f64.gt (local.get $x) (f64.load (local.get $p))))
  ;; rule: a selection between floats is a branch
  (func $select (param $x f64) (param $y f64) (param $c i32) (result f64)
    (select (local.get $x) (local.get $y) (local.get $c)))
  ;; rule: zero is made by an exclusive or
  (func $zero (result f64) (f64.const 0))
  ;; rule: another constant is loaded
  (func $one (result f32) (f32.const 1))
  ;; rule: minus zero is not zero
  (func $minus-zero (result f64) (f64.const -0.0))
  ;; rule: a float is stored
  (func $store (param $p i32) (param $x f64) (f64.store (local.get $p) (local.get $x))))

;;> == add: a sum of two registers has three operands
;;> 5 bytes
;;>   vaddsd xmm0, xmm0, xmm1                ; add: f64.add
;;>   ret                                    ; add: end

;;> == add-single: a sum of singles
;;> 5 bytes
;;>   vaddss xmm0, xmm0, xmm1                ; add-single: f32.add
;;>   ret                                    ; add-single: end

;;> == constant: a constant on the right is read from memory
;;> 24 bytes
;;>   vmulsd xmm0, xmm0, [rel C1]            ; constant: f64.mul
;;>   ret                                    ; constant: end
;;> C1:
;;>   dq 0x3ff8000000000000

;;> == constant-left: a constant on the left of a commutative operator goes to the right
;;> 24 bytes
;;>   vaddsd xmm0, xmm0, [rel C1]            ; constant-left: f64.add
;;>   ret                                    ; constant-left: end
;;> C1:
;;>   dq 0x3ff8000000000000

;;> == constant-minus: a constant on the left of a subtraction is loaded
;;> 32 bytes
;;>   vmovsd xmm1, [rel C1]                  ; constant-minus: f64.sub
;;>   vsubsd xmm1, xmm1, xmm0
;;>   vmovaps xmm0, xmm1                     ; constant-minus: end
;;>   ret
;;> C1:
;;>   dq 0x3ff8000000000000

;;> == half: a constant divisor that is a power of two is multiplied by, as its reciprocal
;;> 24 bytes
;;>   vmulsd xmm0, xmm0, [rel C1]            ; half: f64.div
;;>   ret                                    ; half: end
;;> C1:
;;>   dq 0x3fe0000000000000

;;> == load: a load is the right operand
;;> 18 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   vsubsd xmm0, xmm0, [r15+rax]           ; load: f64.sub
;;>   leave                                  ; load: end
;;>   ret

;;> == load-left: a load on the left comes before
;;> 26 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   vmovss xmm1, [r15+rax]                 ; load-left: f32.load
;;>   vmulss xmm1, xmm1, xmm0                ; load-left: f32.mul
;;>   vmovaps xmm0, xmm1                     ; load-left: end
;;>   leave
;;>   ret

;;> == products: two products and their sum
;;> 13 bytes
;;>   vmulsd xmm0, xmm0, xmm1                ; products: f64.mul
;;>   vmulsd xmm1, xmm1, xmm2                ; products: f64.mul
;;>   vaddsd xmm0, xmm0, xmm1                ; products: f64.add
;;>   ret                                    ; products: end

;;> == abs: the sign is cleared by a mask
;;> 32 bytes
;;>   vandps xmm0, xmm0, [rel C1]            ; abs: f64.abs
;;>   ret                                    ; abs: end
;;> C1:
;;>   dq 0x7fffffffffffffff
;;>   dq 0x7fffffffffffffff

;;> == neg: the sign is flipped by a mask
;;> 32 bytes
;;>   vxorps xmm0, xmm0, [rel C1]            ; neg: f32.neg
;;>   ret                                    ; neg: end
;;> C1:
;;>   dq 0x8000000080000000
;;>   dq 0x8000000080000000

;;> == copysign: a sign is copied by two masks
;;> 64 bytes
;;>   vandps xmm15, xmm1, [rel C1]           ; copysign: f64.copysign
;;>   vandps xmm0, xmm0, [rel C2]
;;>   vorps xmm0, xmm0, xmm15
;;>   ret                                    ; copysign: end
;;> C1:
;;>   dq 0x8000000000000000
;;>   dq 0x8000000000000000
;;> C2:
;;>   dq 0x7fffffffffffffff
;;>   dq 0x7fffffffffffffff

;;> == sqrt: a root
;;> 5 bytes
;;>   vsqrtsd xmm0, xmm0, xmm0               ; sqrt: f64.sqrt
;;>   ret                                    ; sqrt: end

;;> == floor: rounding down
;;> 7 bytes
;;>   vroundsd xmm0, xmm0, xmm0, 9           ; floor: f64.floor
;;>   ret                                    ; floor: end

;;> == ceil: rounding up, of singles
;;> 7 bytes
;;>   vroundss xmm0, xmm0, xmm0, 0xa         ; ceil: f32.ceil
;;>   ret                                    ; ceil: end

;;> == nearest: rounding to the nearest even number
;;> 7 bytes
;;>   vroundsd xmm0, xmm0, xmm0, 8           ; nearest: f64.nearest
;;>   ret                                    ; nearest: end

;;> == trunc: cutting off the fraction
;;> 7 bytes
;;>   vroundsd xmm0, xmm0, xmm0, 0xb         ; trunc: f64.trunc
;;>   ret                                    ; trunc: end

;;> == min: a minimum goes a way of its own for equal operands and NaN
;;> 29 bytes
;;>   ucomisd xmm0, xmm1                     ; min: f64.min
;;>   je L2
;;>   vminsd xmm0, xmm0, xmm1
;;> L1:
;;>   ret                                    ; min: end
;;> L2:
;;>   jp L3                                  ; min: f64.min
;;>   vorps xmm0, xmm0, xmm1
;;>   jmp L1
;;> L3:
;;>   vaddsd xmm0, xmm0, xmm1
;;>   jmp L1

;;> == max: a maximum of singles
;;> 28 bytes
;;>   ucomiss xmm0, xmm1                     ; max: f32.max
;;>   je L2
;;>   vmaxss xmm0, xmm0, xmm1
;;> L1:
;;>   ret                                    ; max: end
;;> L2:
;;>   jp L3                                  ; max: f32.max
;;>   vandps xmm0, xmm0, xmm1
;;>   jmp L1
;;> L3:
;;>   vaddss xmm0, xmm0, xmm1
;;>   jmp L1

;;> == less: less is greater with the sides exchanged, which fails for NaN
;;> 11 bytes
;;>   ucomisd xmm1, xmm0                     ; less: f64.lt
;;>   seta al
;;>   movzx eax, al
;;>   ret                                    ; less: end

;;> == greater-equal: greater or equal
;;> 10 bytes
;;>   ucomiss xmm0, xmm1                     ; greater-equal: f32.ge
;;>   setae al
;;>   movzx eax, al
;;>   ret                                    ; greater-equal: end

;;> == equal: equality looks at the parity flag, too
;;> 21 bytes
;;>   ucomisd xmm0, xmm1                     ; equal: f64.eq
;;>   setnp al
;;>   movzx eax, al
;;>   mov r11d, 0
;;>   cmovne eax, r11d
;;>   ret                                    ; equal: end

;;> == not-equal: inequality holds for NaN
;;> 21 bytes
;;>   ucomisd xmm0, xmm1                     ; not-equal: f64.ne
;;>   setp al
;;>   movzx eax, al
;;>   mov r11d, 1
;;>   cmovne eax, r11d
;;>   ret                                    ; not-equal: end

;;> == branch: a branch on an ordering is one jump
;;> 23 bytes
;;>   ucomisd xmm1, xmm0                     ; branch: if
;;>   jae L2
;;>   mov eax, 4
;;> L1:
;;>   ret                                    ; branch: end
;;> L2:
;;>   mov eax, 3                             ; branch: if
;;>   jmp L1

;;> == branch-equal: a branch on an equality is two jumps
;;> 25 bytes
;;>   ucomisd xmm0, xmm1                     ; branch-equal: if
;;>   jp L1
;;>   je L3
;;> L1:
;;>   mov eax, 4
;;> L2:
;;>   ret                                    ; branch-equal: end
;;> L3:
;;>   mov eax, 3                             ; branch-equal: if
;;>   jmp L2

;;> == branch-not: a branch where an ordering fails is taken for NaN
;;> 23 bytes
;;>   ucomisd xmm1, xmm0                     ; branch-not: if
;;>   ja L2
;;>   mov eax, 3
;;> L1:
;;>   ret                                    ; branch-not: end
;;> L2:
;;>   mov eax, 4                             ; branch-not: if
;;>   jmp L1

;;> == compare-constant: a constant that is compared with is loaded before
;;> 32 bytes
;;>   vmovsd xmm1, [rel C1]                  ; compare-constant: f64.gt
;;>   ucomisd xmm0, xmm1
;;>   seta al
;;>   movzx eax, al
;;>   ret                                    ; compare-constant: end
;;> C1:
;;>   dq 0x3fe0000000000000

;;> == compare-zero: a comparison with zero
;;> 15 bytes
;;>   vxorps xmm1, xmm1, xmm1                ; compare-zero: f64.ge
;;>   ucomisd xmm0, xmm1
;;>   setae al
;;>   movzx eax, al
;;>   ret                                    ; compare-zero: end

;;> == compare-load: a comparison with a loaded value
;;> 24 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   ucomisd xmm0, [r15+rax]                ; compare-load: f64.gt
;;>   seta al
;;>   movzx eax, al
;;>   leave                                  ; compare-load: end
;;>   ret

;;> == select: a selection between floats is a branch
;;> 13 bytes
;;>   test eax, eax                          ; select: select
;;>   je L1
;;>   vmovaps xmm1, xmm0
;;> L1:
;;>   vmovaps xmm0, xmm1                     ; select: end
;;>   ret

;;> == zero: zero is made by an exclusive or
;;> 5 bytes
;;>   vxorps xmm0, xmm0, xmm0                ; zero: end
;;>   ret

;;> == one: another constant is loaded
;;> 16 bytes
;;>   vmovss xmm0, [rel C1]                  ; one: end
;;>   ret
;;> C1:
;;>   dd 0x3f800000

;;> == minus-zero: minus zero is not zero
;;> 24 bytes
;;>   vmovsd xmm0, [rel C1]                  ; minus-zero: end
;;>   ret
;;> C1:
;;>   dq 0x8000000000000000

;;> == store: a float is stored
;;> 18 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   movsd [r15+rax], xmm0                  ; store: f64.store
;;>   leave                                  ; store: end
;;>   ret
