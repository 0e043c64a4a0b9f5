;; rules: code tier=optimized
;;
;; Constants as operands of instructions.
(module
  (memory 1)
  ;; rule: a constant that is added is an immediate operand
  (func $add (param $x i32) (result i32) (i32.add (local.get $x) (i32.const 7)))
  ;; rule: the constant of a commutative operator may come first
  (func $constant-first (param $x i32) (result i32) (i32.add (i32.const 7) (local.get $x)))
  ;; rule: a constant that is subtracted is added with the other sign
  (func $sub (param $x i32) (result i32) (i32.sub (local.get $x) (i32.const 300)))
  ;; rule: 0 - x is a negation
  (func $negate (param $x i32) (result i32) (i32.sub (i32.const 0) (local.get $x)))
  ;; rule: 0 - x is a negation in 64 bits, too
  (func $negate-long (param $x i64) (result i64) (i64.sub (i64.const 0) (local.get $x)))
  ;; rule: a constant that something is subtracted from goes to a register
  (func $constant-minus (param $x i32) (result i32) (i32.sub (i32.const 100) (local.get $x)))
  ;; rule: x ^ -1 is a complement
  (func $complement (param $x i32) (result i32) (i32.xor (local.get $x) (i32.const -1)))
  ;; rule: x ^ -1 is a complement in 64 bits, too
  (func $complement-long (param $x i64) (result i64) (i64.xor (local.get $x) (i64.const -1)))
  ;; rule: or with a constant
  (func $or (param $x i32) (result i32) (i32.or (local.get $x) (i32.const 0x10000)))
  ;; rule: and with a constant
  (func $and (param $x i32) (result i32) (i32.and (local.get $x) (i32.const 0x7f0)))
  ;; rule: and with 0xFF is an extension from a byte
  (func $low-byte (param $x i32) (result i32) (i32.and (local.get $x) (i32.const 0xff)))
  ;; rule: and with 0xFFFF is an extension from 16 bits
  (func $low-word (param $x i32) (result i32) (i32.and (local.get $x) (i32.const 0xffff)))
  ;; rule: and with 0xFF in 64 bits is an extension of the low byte
  (func $low-byte-long (param $x i64) (result i64) (i64.and (local.get $x) (i64.const 0xff)))
  ;; rule: and with 0xFFFFFFFF in 64 bits is a move of 32 bits
  (func $low-half (param $x i64) (result i64) (i64.and (local.get $x) (i64.const 0xffffffff)))
  ;; rule: a 64-bit constant is an immediate operand if it fits in 32 bits with its sign
  (func $long-fits (param $x i64) (result i64) (i64.add (local.get $x) (i64.const -2147483648)))
  ;; rule: a 64-bit constant that does not fit in 32 bits goes to a register
  (func $long-large (param $x i64) (result i64) (i64.add (local.get $x) (i64.const 2147483648)))
  ;; rule: a 64-bit mask with the top bit of the low half goes to a register
  (func $long-mask (param $x i64) (result i64) (i64.and (local.get $x) (i64.const 0xfffffff0)))
  ;; rule: a stored constant is part of the store
  (func $store (param $p i32) (i32.store (local.get $p) (i32.const 77)))
  ;; rule: a stored 64-bit constant is part of the store if it fits in 32 bits
  (func $store-long (param $p i32) (i64.store (local.get $p) (i64.const -1)))
  ;; rule: a stored 64-bit constant that does not fit goes to a register
  (func $store-long-large (param $p i32) (i64.store (local.get $p) (i64.const 0x123456789a)))
  ;; rule: a stored float constant is stored as its bits
  (func $store-float (param $p i32) (f32.store (local.get $p) (f32.const 1.5)))
  ;; rule: of a constant that is stored narrow only the low bits count
  (func $store-byte (param $p i32) (i32.store8 (local.get $p) (i32.const 0x1ff)))
  ;; rule: a returned constant is made in the register of the result
  (func $return (result i32) (i32.const 123456))
  ;; rule: zero is made by an exclusive or
  (func $zero (result i64) (i64.const 0))
  ;; rule: a negative 64-bit constant that fits in 32 bits is sign-extended
  (func $negative (result i64) (i64.const -5))
  ;; rule: a 64-bit constant of 64 bits needs the long form
  (func $wide (result i64) (i64.const 0x123456789abcdef))
  ;; rule: an unsigned 32-bit constant as i64 takes the short form
  (func $unsigned (result i64) (i64.const 0xfffffffe)))

;;> == add: a constant that is added is an immediate operand
;;> 4 bytes
;;>   add eax, 7                             ; add: i32.add
;;>   ret                                    ; add: end

;;> == constant-first: the constant of a commutative operator may come first
;;> 4 bytes
;;>   add eax, 7                             ; constant-first: i32.add
;;>   ret                                    ; constant-first: end

;;> == sub: a constant that is subtracted is added with the other sign
;;> 6 bytes
;;>   add eax, -0x12c                        ; sub: i32.sub
;;>   ret                                    ; sub: end

;;> == negate: 0 - x is a negation
;;> 3 bytes
;;>   neg eax                                ; negate: i32.sub
;;>   ret                                    ; negate: end

;;> == negate-long: 0 - x is a negation in 64 bits, too
;;> 4 bytes
;;>   neg rax                                ; negate-long: i64.sub
;;>   ret                                    ; negate-long: end

;;> == constant-minus: a constant that something is subtracted from goes to a register
;;> 10 bytes
;;>   mov ecx, 0x64                          ; constant-minus: i32.sub
;;>   sub ecx, eax
;;>   mov eax, ecx                           ; constant-minus: end
;;>   ret

;;> == complement: x ^ -1 is a complement
;;> 3 bytes
;;>   not eax                                ; complement: i32.xor
;;>   ret                                    ; complement: end

;;> == complement-long: x ^ -1 is a complement in 64 bits, too
;;> 4 bytes
;;>   not rax                                ; complement-long: i64.xor
;;>   ret                                    ; complement-long: end

;;> == or: or with a constant
;;> 6 bytes
;;>   or eax, 0x10000                        ; or: i32.or
;;>   ret                                    ; or: end

;;> == and: and with a constant
;;> 6 bytes
;;>   and eax, 0x7f0                         ; and: i32.and
;;>   ret                                    ; and: end

;;> == low-byte: and with 0xFF is an extension from a byte
;;> 4 bytes
;;>   movzx eax, al                          ; low-byte: i32.and
;;>   ret                                    ; low-byte: end

;;> == low-word: and with 0xFFFF is an extension from 16 bits
;;> 4 bytes
;;>   movzx eax, ax                          ; low-word: i32.and
;;>   ret                                    ; low-word: end

;;> == low-byte-long: and with 0xFF in 64 bits is an extension of the low byte
;;> 4 bytes
;;>   movzx eax, al                          ; low-byte-long: i64.and
;;>   ret                                    ; low-byte-long: end

;;> == low-half: and with 0xFFFFFFFF in 64 bits is a move of 32 bits
;;> 3 bytes
;;>   mov eax, eax                           ; low-half: i64.and
;;>   ret                                    ; low-half: end

;;> == long-fits: a 64-bit constant is an immediate operand if it fits in 32 bits with its sign
;;> 7 bytes
;;>   add rax, -0x80000000                   ; long-fits: i64.add
;;>   ret                                    ; long-fits: end

;;> == long-large: a 64-bit constant that does not fit in 32 bits goes to a register
;;> 9 bytes
;;>   mov ecx, -0x80000000                   ; long-large: i64.add
;;>   add rax, rcx
;;>   ret                                    ; long-large: end

;;> == long-mask: a 64-bit mask with the top bit of the low half goes to a register
;;> 9 bytes
;;>   mov ecx, -0x10                         ; long-mask: i64.and
;;>   and rax, rcx
;;>   ret                                    ; long-mask: end

;;> == store: a stored constant is part of the store
;;> 20 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   mov dword [r15+rax], 0x4d              ; store: i32.store
;;>   leave                                  ; store: end
;;>   ret

;;> == store-long: a stored 64-bit constant is part of the store if it fits in 32 bits
;;> 20 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   mov qword [r15+rax], -1                ; store-long: i64.store
;;>   leave                                  ; store-long: end
;;>   ret

;;> == store-long-large: a stored 64-bit constant that does not fit goes to a register
;;> 26 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   mov rcx, 0x123456789a                  ; store-long-large: i64.store
;;>   mov [r15+rax], rcx
;;>   leave                                  ; store-long-large: end
;;>   ret

;;> == store-float: a stored float constant is stored as its bits
;;> 20 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   mov dword [r15+rax], 0x3fc00000        ; store-float: f32.store
;;>   leave                                  ; store-float: end
;;>   ret

;;> == store-byte: of a constant that is stored narrow only the low bits count
;;> 17 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   mov byte [r15+rax], -1                 ; store-byte: i32.store8
;;>   leave                                  ; store-byte: end
;;>   ret

;;> == return: a returned constant is made in the register of the result
;;> 6 bytes
;;>   mov eax, 0x1e240                       ; return: end
;;>   ret

;;> == zero: zero is made by an exclusive or
;;> 3 bytes
;;>   xor eax, eax                           ; zero: end
;;>   ret

;;> == negative: a negative 64-bit constant that fits in 32 bits is sign-extended
;;> 8 bytes
;;>   mov rax, -5                            ; negative: end
;;>   ret

;;> == wide: a 64-bit constant of 64 bits needs the long form
;;> 11 bytes
;;>   mov rax, 0x123456789abcdef             ; wide: end
;;>   ret

;;> == unsigned: an unsigned 32-bit constant as i64 takes the short form
;;> 6 bytes
;;>   mov eax, -2                            ; unsigned: end
;;>   ret
