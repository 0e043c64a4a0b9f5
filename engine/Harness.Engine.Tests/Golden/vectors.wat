;; test: ir function=dot passes=fold,gvn
;; test: code function=dot tier=optimized vectors.avx=off
;; test: code function=constants tier=optimized vectors.avx=off
;; test: code function=shuffles tier=optimized vectors.avx=off
;; test: code function=lanes tier=optimized vectors.avx=off
;; test: code function=spills tier=optimized vectors.avx=off
;;
;; Vectors: one node and one instruction each; constants from the pool, shifts by constants, shuffles by the instruction that does them, lanes
;; of constants folded; spill slots of 16 bytes.
(module
  (import "host" "g" (func $g))
  (memory 1)
  (func $dot (param $p i32) (param $q i32) (result v128)
    (i32x4.add
      (i32x4.dot_i16x8_s (v128.load (local.get $p)) (v128.load (local.get $q)))
      (i32x4.dot_i16x8_s (v128.load (local.get $q)) (v128.load (local.get $p)))))
  (func $constants (param $v v128) (result v128)
    (v128.xor
      (i16x8.shl (v128.and (v128.const i32x4 255 255 255 255) (local.get $v)) (i32.const 20))
      (i8x16.shr_s (i32x4.add (local.get $v) (i32x4.splat (i32.const 7))) (i32.const 3))))
  (func $shuffles (param $a v128) (param $b v128) (result v128)
    (v128.or
      (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23 (local.get $a) (local.get $b))
      (v128.or
        (i8x16.shuffle 28 29 30 31 24 25 26 27 20 21 22 23 16 17 18 19 (local.get $a) (local.get $b))
        (i8x16.shuffle 3 2 1 0 7 6 5 4 11 10 9 8 15 14 13 12 (local.get $a) (local.get $b)))))
  (func $lanes (param $v v128) (param $p i32) (result i32)
    (v128.store16_lane offset=4 3 (local.get $p) (local.get $v))
    (i32.add
      (i32x4.extract_lane 2 (v128.load32_lane 2 (local.get $p) (local.get $v)))
      (i32.add (i8x16.extract_lane_s 1 (local.get $v)) (i16x8.extract_lane_u 0 (v128.const i16x8 9 8 7 6 5 4 3 2)))))
  (func $spills (param $a v128) (param $n i32) (param $b v128) (result v128)
    (call $g)
    (i32x4.replace_lane 1 (f64x2.mul (local.get $a) (local.get $b)) (local.get $n))))

;;> == ir function=dot passes=fold,gvn
;;> before
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i32 = argument #1
;;>   v2: v128 = v128.load +0, v0
;;>   v3: v128 = v128.load +0, v1
;;>   v4: v128 = i32x4.dot_i16x8_s v2, v3
;;>   v5: v128 = v128.load +0, v1
;;>   v6: v128 = v128.load +0, v0
;;>   v7: v128 = i32x4.dot_i16x8_s v5, v6
;;>   v8: v128 = i32x4.add v4, v7
;;>   return v8
;;> after
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i32 = argument #1
;;>   v2: v128 = v128.load +0, v0
;;>   v3: v128 = v128.load +0, v1
;;>   v4: v128 = i32x4.dot_i16x8_s v2, v3
;;>   v5: v128 = i32x4.add v4, v4
;;>   return v5

;;> == code function=dot tier=optimized vectors.avx=off
;;> 36 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   movups xmm0, [r15+rax]                 ; dot: v128.load
;;>   movups xmm1, [r15+rdx]                 ; dot: v128.load
;;>   pmaddwd xmm0, xmm1                     ; dot: i32x4.dot_i16x8_s
;;>   movaps xmm1, xmm0                      ; dot: i32x4.add
;;>   paddd xmm1, xmm0
;;>   movaps xmm0, xmm1                      ; dot: end
;;>   leave
;;>   ret

;;> == code function=constants tier=optimized vectors.avx=off
;;> 128 bytes
;;>   movaps xmm1, xmm0                      ; constants: v128.and
;;>   pand xmm1, [rel C1]
;;>   psllw xmm1, 4                          ; constants: i16x8.shl
;;>   paddd xmm0, [rel C2]                   ; constants: i32x4.add
;;>   psrlw xmm0, 3                          ; constants: i8x16.shr_s
;;>   pand xmm0, [rel C4]
;;>   pxor xmm0, [rel C3]
;;>   psubb xmm0, [rel C3]
;;>   pxor xmm1, xmm0                        ; constants: v128.xor
;;>   movaps xmm0, xmm1                      ; constants: end
;;>   ret
;;> C1:
;;>   dq 0xff000000ff
;;>   dq 0xff000000ff
;;> C2:
;;>   dq 0x700000007
;;>   dq 0x700000007
;;> C3:
;;>   dq 0x1010101010101010
;;>   dq 0x1010101010101010
;;> C4:
;;>   dq 0x1f1f1f1f1f1f1f1f
;;>   dq 0x1f1f1f1f1f1f1f1f

;;> == code function=shuffles tier=optimized vectors.avx=off
;;> 64 bytes
;;>   movaps xmm2, xmm0                      ; shuffles: i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23
;;>   punpckldq xmm2, xmm1
;;>   pshufd xmm3, xmm1, 0x1b                ; shuffles: i8x16.shuffle 28 29 30 31 24 25 26 27 20 21 22 23 16 17 18 19
;;>   movaps xmm1, xmm0                      ; shuffles: i8x16.shuffle 3 2 1 0 7 6 5 4 11 10 9 8 15 14 13 12
;;>   pshufb xmm1, [rel C1]
;;>   por xmm3, xmm1                         ; shuffles: v128.or
;;>   por xmm2, xmm3                         ; shuffles: v128.or
;;>   movaps xmm0, xmm2                      ; shuffles: end
;;>   ret
;;> C1:
;;>   dq 0x405060700010203
;;>   dq 0xc0d0e0f08090a0b

;;> == code function=lanes tier=optimized vectors.avx=off
;;> 52 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   pextrw [r15+rax+4], xmm0, 3            ; lanes: v128.store16_lane offset=4 3
;;>   movaps xmm1, xmm0                      ; lanes: v128.load32_lane 2
;;>   pinsrd xmm1, [r15+rax], 2
;;>   pextrd eax, xmm1, 2                    ; lanes: i32x4.extract_lane 2
;;>   pextrb ecx, xmm0, 1                    ; lanes: i8x16.extract_lane_s 1
;;>   movsx ecx, cl
;;>   add ecx, 9                             ; lanes: i32.add
;;>   add eax, ecx                           ; lanes: i32.add
;;>   leave                                  ; lanes: end
;;>   ret

;;> == code function=spills tier=optimized vectors.avx=off
;;> 81 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x38
;;>   cmp rsp, [r14]
;;>   jb L2
;;> L1:
;;>   movaps [rbp-0x20], xmm0                ; spills: (entry)
;;>   movaps [rbp-0x30], xmm1
;;>   mov [rbp-0x10], rax
;;>   mov r11, [r14+0x50]                    ; spills: call g
;;>   mov r14, [r11+8]
;;>   mov r15, [r14+8]
;;>   call qword [r11]
;;>   mov r14, [rbp-8]
;;>   mov r15, [r14+8]
;;>   movaps xmm0, [rbp-0x20]                ; spills: f64x2.mul
;;>   mulpd xmm0, [rbp-0x30]
;;>   mov eax, [rbp-0x10]                    ; spills: i32x4.replace_lane 1
;;>   pinsrd xmm0, eax, 1
;;>   leave                                  ; spills: end
;;>   ret
;;> L2:
;;>   call StackGuard                        ; spills: (entry)
;;>   jmp L1
