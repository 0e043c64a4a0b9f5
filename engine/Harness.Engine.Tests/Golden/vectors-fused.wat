;; test: code function=dot tier=optimized needs=avx,fma
;; test: code function=other tier=optimized needs=avx,fma
;; test: code function=splats tier=optimized needs=avx,avx2
;; test: code function=sum tier=baseline needs=avx,fma
;;
;; What newer processors have: relaxed sums of products in one instruction, which takes the place of what is added without a copy; lanes copied
;; to all others, from memory too.
(module
  (memory 1)
  (func $dot (param $p i32) (param $n i32) (result v128)
    (local $sum v128)
    (loop $next
      (local.set $sum
        (f32x4.relaxed_madd (v128.load (local.get $p)) (v128.load offset=16 (local.get $p)) (local.get $sum)))
      (local.set $p (i32.add (local.get $p) (i32.const 32)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum))
  (func $other (param $a v128) (param $b v128) (param $c v128) (result v128)
    (v128.xor (local.get $c) (f64x2.relaxed_nmadd (local.get $a) (local.get $b) (local.get $c))))
  (func $splats (param $p i32) (param $n i32) (result v128)
    (v128.or
      (v128.or (v128.load8_splat (local.get $p)) (v128.load16_splat (local.get $p)))
      (v128.or (v128.load32_splat (local.get $p)) (v128.or (i8x16.splat (local.get $n)) (i16x8.splat (local.get $n))))))
  (func $sum (param $a v128) (param $b v128) (param $c v128) (result v128)
    (f32x4.relaxed_madd (local.get $a) (local.get $b) (local.get $c))))

;;> == code function=dot tier=optimized needs=avx,fma
;;> 162 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   vpxor xmm0, xmm0, xmm0                 ; dot: loop
;;>   nop word [rax+rax]
;;>   nop word [rax+rax]
;;> L1:
;;>   cmp rsp, [r14]
;;>   jb L4
;;> L2:
;;>   movups xmm1, [r15+rax]                 ; dot: v128.load
;;>   movups xmm2, [r15+rax+0x10]            ; dot: v128.load offset=16
;;>   vfmadd231ps xmm0, xmm1, xmm2           ; dot: f32x4.relaxed_madd
;;>   lea ecx, [rax+0x20]                    ; dot: i32.add
;;>   cmp edx, 1                             ; dot: br_if 0
;;>   je L3
;;>   movups xmm1, [r15+rcx]                 ; dot: v128.load
;;>   movups xmm2, [r15+rcx+0x10]            ; dot: v128.load offset=16
;;>   vfmadd231ps xmm0, xmm1, xmm2           ; dot: f32x4.relaxed_madd
;;>   lea ecx, [rax+0x40]                    ; dot: i32.add
;;>   cmp edx, 2                             ; dot: br_if 0
;;>   je L3
;;>   movups xmm1, [r15+rcx]                 ; dot: v128.load
;;>   movups xmm2, [r15+rcx+0x10]            ; dot: v128.load offset=16
;;>   vfmadd231ps xmm0, xmm1, xmm2           ; dot: f32x4.relaxed_madd
;;>   lea ecx, [rax+0x60]                    ; dot: i32.add
;;>   cmp edx, 3                             ; dot: br_if 0
;;>   je L3
;;>   movups xmm1, [r15+rcx]                 ; dot: v128.load
;;>   movups xmm2, [r15+rcx+0x10]            ; dot: v128.load offset=16
;;>   vfmadd231ps xmm0, xmm1, xmm2           ; dot: f32x4.relaxed_madd
;;>   add eax, 0x80                          ; dot: i32.add
;;>   add edx, -4                            ; dot: i32.sub
;;>   test edx, edx                          ; dot: br_if 0
;;>   jne L1
;;> L3:
;;>   leave                                  ; dot: end
;;>   ret
;;> L4:
;;>   call StackGuard                        ; dot: loop
;;>   jmp L2

;;> == code function=other tier=optimized needs=avx,fma
;;> 18 bytes
;;>   vmovaps xmm3, xmm2                     ; other: f64x2.relaxed_nmadd
;;>   vfnmadd231pd xmm3, xmm0, xmm1
;;>   vpxor xmm2, xmm2, xmm3                 ; other: v128.xor
;;>   vmovaps xmm0, xmm2                     ; other: end
;;>   ret

;;> == code function=splats tier=optimized needs=avx,avx2
;;> 64 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   vpbroadcastb xmm0, [r15+rax]           ; splats: v128.load8_splat
;;>   vpbroadcastw xmm1, [r15+rax]           ; splats: v128.load16_splat
;;>   vpor xmm0, xmm0, xmm1                  ; splats: v128.or
;;>   vbroadcastss xmm1, [r15+rax]           ; splats: v128.load32_splat
;;>   movd xmm2, edx                         ; splats: i8x16.splat
;;>   vpbroadcastb xmm2, xmm2
;;>   movd xmm3, edx                         ; splats: i16x8.splat
;;>   vpbroadcastw xmm3, xmm3
;;>   vpor xmm2, xmm2, xmm3                  ; splats: v128.or
;;>   vpor xmm1, xmm1, xmm2                  ; splats: v128.or
;;>   vpor xmm0, xmm0, xmm1                  ; splats: v128.or
;;>   leave                                  ; splats: end
;;>   ret

;;> == code function=sum tier=baseline needs=avx,fma
;;> 50 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x68
;;>   movaps xmm3, xmm0                      ; sum: f32x4.relaxed_madd
;;>   vfmadd213ps xmm3, xmm1, xmm2
;;>   movaps xmm0, xmm3                      ; sum: end
;;>   sub dword [r14+0x5c], 0xb
;;>   js L2
;;> L1:
;;>   leave
;;>   ret
;;> L2:
;;>   mov r11d, 3
;;>   call TierUp
;;>   jmp L1
