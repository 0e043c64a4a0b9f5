;; rules: code tier=optimized
;;
;; Arithmetic on 128 bits.
(module
  ;; rule: a sum is an addition and one with carry
  (func $add (param $a i64) (param $b i64) (param $c i64) (param $d i64) (result i64 i64)
    (i64.add128 (local.get $a) (local.get $b) (local.get $c) (local.get $d)))
  ;; rule: a difference is a subtraction and one with borrow
  (func $sub (param $a i64) (param $b i64) (param $c i64) (param $d i64) (result i64 i64)
    (i64.sub128 (local.get $a) (local.get $b) (local.get $c) (local.get $d)))
  ;; rule: the carry alone is added to the constant high half
  (func $carry (param $a i64) (param $b i64) (result i64 i64)
    (i64.add128 (local.get $a) (i64.const 0) (local.get $b) (i64.const 0)))
  ;; rule: without the high half a sum is one of 64 bits
  (func $low-sum (param $a i64) (param $b i64) (param $c i64) (result i64)
    (i64.add128 (local.get $a) (local.get $b) (local.get $c) (local.get $b)) drop)
  ;; rule: an unsigned product
  (func $mul-u (param $a i64) (param $b i64) (result i64 i64) (i64.mul_wide_u (local.get $a) (local.get $b)))
  ;; rule: a signed product
  (func $mul-s (param $a i64) (param $b i64) (result i64 i64) (i64.mul_wide_s (local.get $a) (local.get $b)))
  ;; rule: without the high half a product is one of 64 bits
  (func $low-product (param $a i64) (param $b i64) (result i64) (i64.mul_wide_u (local.get $a) (local.get $b)) drop)
  ;; rule: equal products are one
  (func $equal (param $a i64) (param $b i64) (result i64)
    (i64.xor (i64.mul_wide_u (local.get $a) (local.get $b)))
    (i64.sub (i64.mul_wide_u (local.get $b) (local.get $a)))
    i64.mul)
)

;;> == add: a sum is an addition and one with carry
;;> 7 bytes
;;>   add rax, rcx                           ; add: i64.add128
;;>   adc rdx, rbx
;;>   ret                                    ; add: end

;;> == sub: a difference is a subtraction and one with borrow
;;> 7 bytes
;;>   sub rax, rcx                           ; sub: i64.sub128
;;>   sbb rdx, rbx
;;>   ret                                    ; sub: end

;;> == carry: the carry alone is added to the constant high half
;;> 13 bytes
;;>   xor ecx, ecx                           ; carry: i64.add128
;;>   add rax, rdx
;;>   adc rcx, 0
;;>   mov rdx, rcx                           ; carry: end
;;>   ret

;;> == low-sum: without the high half a sum is one of 64 bits
;;> 4 bytes
;;>   add rax, rcx                           ; low-sum: i64.add128
;;>   ret                                    ; low-sum: end

;;> == mul-u: an unsigned product
;;> 7 bytes
;;>   mov rcx, rdx                           ; mul-u: (entry)
;;>   mul rcx                                ; mul-u: i64.mul_wide_u
;;>   ret                                    ; mul-u: end

;;> == mul-s: a signed product
;;> 7 bytes
;;>   mov rcx, rdx                           ; mul-s: (entry)
;;>   imul rcx                               ; mul-s: i64.mul_wide_s
;;>   ret                                    ; mul-s: end

;;> == low-product: without the high half a product is one of 64 bits
;;> 5 bytes
;;>   imul rax, rdx                          ; low-product: i64.mul_wide_u
;;>   ret                                    ; low-product: end

;;> == equal: equal products are one
;;> 23 bytes
;;>   mov rcx, rdx                           ; equal: (entry)
;;>   mul rcx                                ; equal: i64.mul_wide_u
;;>   mov rcx, rax                           ; equal: i64.xor
;;>   xor rcx, rdx
;;>   sub rax, rdx                           ; equal: i64.sub
;;>   imul rcx, rax                          ; equal: i64.mul
;;>   mov rax, rcx                           ; equal: end
;;>   ret
