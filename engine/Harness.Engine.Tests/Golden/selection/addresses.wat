;; rules: code tier=optimized
;;
;; Sums and products as addresses, and the addresses of loads and stores.
(module
  (memory 1)
  ;; rule: base + (index << 1) is one lea
  (func $scale-2 (param $x i32) (param $y i32) (result i32) (i32.add (local.get $x) (i32.shl (local.get $y) (i32.const 1))))
  ;; rule: base + index * 4 is one lea
  (func $scale-4 (param $x i32) (param $y i32) (result i32) (i32.add (local.get $x) (i32.mul (local.get $y) (i32.const 4))))
  ;; rule: (index << 3) + base is one lea
  (func $scale-8 (param $x i32) (param $y i32) (result i32) (i32.add (i32.shl (local.get $x) (i32.const 3)) (local.get $y)))
  ;; rule: base + (index << 2) is one lea in 64 bits
  (func $scale-long (param $x i64) (param $y i64) (result i64) (i64.add (local.get $x) (i64.shl (local.get $y) (i64.const 2))))
  ;; rule: an index shifted by more than 3 is shifted before
  (func $scale-16 (param $x i32) (param $y i32) (result i32) (i32.add (local.get $x) (i32.shl (local.get $y) (i32.const 4))))
  ;; rule: a shifted index that is used twice is shifted once
  (func $shared-shift (param $x i32) (param $y i32) (result i32)
    (local $s i32)
    (local.set $s (i32.shl (local.get $y) (i32.const 2)))
    (i32.xor (i32.add (local.get $x) (local.get $s)) (local.get $s)))
  ;; rule: a product with 3 is one lea
  (func $times-3 (param $x i32) (result i32) (i32.mul (local.get $x) (i32.const 3)))
  ;; rule: a product with 5 is one lea
  (func $times-5 (param $x i64) (result i64) (i64.mul (local.get $x) (i64.const 5)))
  ;; rule: a product with 9 is one lea
  (func $times-9 (param $x i32) (result i32) (i32.mul (local.get $x) (i32.const 9)))
  ;; rule: a product with a power of two is a shift
  (func $times-64 (param $x i32) (result i32) (i32.mul (local.get $x) (i32.const 64)))
  ;; rule: a product with another constant is a multiplication with an immediate operand
  (func $times-7 (param $x i32) (result i32) (i32.mul (local.get $x) (i32.const 7)))
  ;; rule: a product with a 64-bit constant that does not fit takes it from a register
  (func $times-large (param $x i64) (result i64) (i64.mul (local.get $x) (i64.const 0x123456789ab)))
  ;; rule: a sum into another register than its operands' is one lea
  (func $three-operands (param $x i32) (param $y i32) (result i32)
    (i32.mul (i32.add (local.get $x) (local.get $y)) (i32.sub (local.get $x) (local.get $y))))
  ;; rule: a sum with a constant into another register is one lea
  (func $plus-constant (param $x i32) (result i32)
    (i32.mul (i32.add (local.get $x) (i32.const 12)) (local.get $x)))
  ;; rule: an address is the memory's base, the index, and the offset
  (func $load (param $p i32) (result i32) (i32.load offset=16 (local.get $p)))
  ;; rule: a constant address is a displacement
  (func $load-constant (result i32) (i32.load offset=16 (i32.const 1024)))
  ;; rule: a constant that is added to an address is added in 32 bits, since it wraps around
  (func $load-sum (param $p i32) (result i32) (i32.load (i32.add (local.get $p) (i32.const 8))))
  ;; rule: an offset above 2^31 is added before
  (func $far (param $p i32) (result i32) (i32.load offset=0x90000000 (local.get $p)))
  ;; rule: a constant address above 2^31 goes to a register
  (func $far-constant (result i32) (i32.load (i32.const 0x90000000)))
  ;; rule: bytes are loaded with zero extension
  (func $load8-u (param $p i32) (result i32) (i32.load8_u (local.get $p)))
  ;; rule: bytes are loaded with sign extension
  (func $load8-s (param $p i32) (result i32) (i32.load8_s (local.get $p)))
  ;; rule: 16 bits are loaded with zero extension
  (func $load16-u (param $p i32) (result i32) (i32.load16_u (local.get $p)))
  ;; rule: 16 bits are loaded with sign extension to 64 bits
  (func $load16-s-long (param $p i32) (result i64) (i64.load16_s (local.get $p)))
  ;; rule: 32 bits are loaded with sign extension to 64 bits
  (func $load32-s (param $p i32) (result i64) (i64.load32_s (local.get $p)))
  ;; rule: 32 bits are zero-extended by every load
  (func $load32-u (param $p i32) (result i64) (i64.load32_u (local.get $p)))
  ;; rule: 64 bits are loaded
  (func $load64 (param $p i32) (result i64) (i64.load (local.get $p)))
  ;; rule: a store of 32 bits
  (func $store32 (param $p i32) (param $x i32) (i32.store (local.get $p) (local.get $x)))
  ;; rule: a narrow store takes the low part of the register
  (func $store8 (param $p i32) (param $x i32) (i32.store8 (local.get $p) (local.get $x)))
  ;; rule: a narrow store of an i64
  (func $store16 (param $p i32) (param $x i64) (i64.store16 (local.get $p) (local.get $x)))
  ;; rule: a value that is cut off by a store is not cut off before
  (func $store-wrapped (param $p i32) (param $x i64) (i32.store (local.get $p) (i32.wrap_i64 (local.get $x)))))

;;> == scale-2: base + (index << 1) is one lea
;;> 4 bytes
;;>   lea eax, [rax+rdx*2]                   ; scale-2: i32.add
;;>   ret                                    ; scale-2: end

;;> == scale-4: base + index * 4 is one lea
;;> 4 bytes
;;>   lea eax, [rax+rdx*4]                   ; scale-4: i32.add
;;>   ret                                    ; scale-4: end

;;> == scale-8: (index << 3) + base is one lea
;;> 4 bytes
;;>   lea eax, [rdx+rax*8]                   ; scale-8: i32.add
;;>   ret                                    ; scale-8: end

;;> == scale-long: base + (index << 2) is one lea in 64 bits
;;> 5 bytes
;;>   lea rax, [rax+rdx*4]                   ; scale-long: i64.add
;;>   ret                                    ; scale-long: end

;;> == scale-16: an index shifted by more than 3 is shifted before
;;> 6 bytes
;;>   shl edx, 4                             ; scale-16: i32.shl
;;>   add eax, edx                           ; scale-16: i32.add
;;>   ret                                    ; scale-16: end

;;> == shared-shift: a shifted index that is used twice is shifted once
;;> 8 bytes
;;>   shl edx, 2                             ; shared-shift: i32.shl
;;>   add eax, edx                           ; shared-shift: i32.add
;;>   xor eax, edx                           ; shared-shift: i32.xor
;;>   ret                                    ; shared-shift: end

;;> == times-3: a product with 3 is one lea
;;> 4 bytes
;;>   lea eax, [rax+rax*2]                   ; times-3: i32.mul
;;>   ret                                    ; times-3: end

;;> == times-5: a product with 5 is one lea
;;> 5 bytes
;;>   lea rax, [rax+rax*4]                   ; times-5: i64.mul
;;>   ret                                    ; times-5: end

;;> == times-9: a product with 9 is one lea
;;> 4 bytes
;;>   lea eax, [rax+rax*8]                   ; times-9: i32.mul
;;>   ret                                    ; times-9: end

;;> == times-64: a product with a power of two is a shift
;;> 4 bytes
;;>   shl eax, 6                             ; times-64: i32.mul
;;>   ret                                    ; times-64: end

;;> == times-7: a product with another constant is a multiplication with an immediate operand
;;> 4 bytes
;;>   imul eax, 7                            ; times-7: i32.mul
;;>   ret                                    ; times-7: end

;;> == times-large: a product with a 64-bit constant that does not fit takes it from a register
;;> 15 bytes
;;>   mov rcx, 0x123456789ab                 ; times-large: i64.mul
;;>   imul rax, rcx
;;>   ret                                    ; times-large: end

;;> == three-operands: a sum into another register than its operands' is one lea
;;> 11 bytes
;;>   lea ecx, [rax+rdx]                     ; three-operands: i32.add
;;>   sub eax, edx                           ; three-operands: i32.sub
;;>   imul ecx, eax                          ; three-operands: i32.mul
;;>   mov eax, ecx                           ; three-operands: end
;;>   ret

;;> == plus-constant: a sum with a constant into another register is one lea
;;> 9 bytes
;;>   lea ecx, [rax+0xc]                     ; plus-constant: i32.add
;;>   imul ecx, eax                          ; plus-constant: i32.mul
;;>   mov eax, ecx                           ; plus-constant: end
;;>   ret

;;> == load: an address is the memory's base, the index, and the offset
;;> 17 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   mov eax, [r15+rax+0x10]                ; load: i32.load offset=16
;;>   leave                                  ; load: end
;;>   ret

;;> == load-constant: a constant address is a displacement
;;> 19 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   mov eax, [r15+0x410]                   ; load-constant: i32.load offset=16
;;>   leave                                  ; load-constant: end
;;>   ret

;;> == load-sum: a constant that is added to an address is added in 32 bits, since it wraps around
;;> 19 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   add eax, 8                             ; load-sum: i32.add
;;>   mov eax, [r15+rax]                     ; load-sum: i32.load
;;>   leave                                  ; load-sum: end
;;>   ret

;;> == far: an offset above 2^31 is added before
;;> 24 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   mov ecx, -0x70000000                   ; far: i32.load offset=2415919104
;;>   add rcx, rax
;;>   mov eax, [r15+rcx]
;;>   leave                                  ; far: end
;;>   ret

;;> == far-constant: a constant address above 2^31 goes to a register
;;> 21 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   mov eax, -0x70000000                   ; far-constant: i32.load
;;>   mov eax, [r15+rax]
;;>   leave                                  ; far-constant: end
;;>   ret

;;> == load8-u: bytes are loaded with zero extension
;;> 17 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   movzx eax, byte [r15+rax]              ; load8-u: i32.load8_u
;;>   leave                                  ; load8-u: end
;;>   ret

;;> == load8-s: bytes are loaded with sign extension
;;> 17 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   movsx eax, byte [r15+rax]              ; load8-s: i32.load8_s
;;>   leave                                  ; load8-s: end
;;>   ret

;;> == load16-u: 16 bits are loaded with zero extension
;;> 17 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   movzx eax, word [r15+rax]              ; load16-u: i32.load16_u
;;>   leave                                  ; load16-u: end
;;>   ret

;;> == load16-s-long: 16 bits are loaded with sign extension to 64 bits
;;> 17 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   movsx rax, word [r15+rax]              ; load16-s-long: i64.load16_s
;;>   leave                                  ; load16-s-long: end
;;>   ret

;;> == load32-s: 32 bits are loaded with sign extension to 64 bits
;;> 16 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   movsxd rax, [r15+rax]                  ; load32-s: i64.load32_s
;;>   leave                                  ; load32-s: end
;;>   ret

;;> == load32-u: 32 bits are zero-extended by every load
;;> 16 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   mov eax, [r15+rax]                     ; load32-u: i64.load32_u
;;>   leave                                  ; load32-u: end
;;>   ret

;;> == load64: 64 bits are loaded
;;> 16 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   mov rax, [r15+rax]                     ; load64: i64.load
;;>   leave                                  ; load64: end
;;>   ret

;;> == store32: a store of 32 bits
;;> 16 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   mov [r15+rax], edx                     ; store32: i32.store
;;>   leave                                  ; store32: end
;;>   ret

;;> == store8: a narrow store takes the low part of the register
;;> 16 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   mov [r15+rax], dl                      ; store8: i32.store8
;;>   leave                                  ; store8: end
;;>   ret

;;> == store16: a narrow store of an i64
;;> 17 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   mov [r15+rax], dx                      ; store16: i64.store16
;;>   leave                                  ; store16: end
;;>   ret

;;> == store-wrapped: a value that is cut off by a store is not cut off before
;;> 16 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   mov [r15+rax], edx                     ; store-wrapped: i32.store
;;>   leave                                  ; store-wrapped: end
;;>   ret
