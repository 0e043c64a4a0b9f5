;; test: code function=exchange tier=baseline
;; test: code function=exchange tier=optimized
;; test: code function=loop tier=baseline
;; test: code function=loop tier=optimized
;; test: code function=compare tier=baseline
;; test: code function=compare tier=optimized
;; test: ir function=wait passes=gvn
;; test: ir function=publish passes=gvn
;;
;; Atomic instructions: addition and exchange are one instruction, other operations a loop, and the alignment is checked first. Loads of a
;; shared memory are all made, and nothing that is known of it outlives an atomic access.
(module
  (memory 1 2 shared)
  (func $exchange (param $p i32) (param $x i32) (result i32)
    (i32.atomic.store (local.get $p) (local.get $x))
    (i32.atomic.rmw8.sub_u offset=3 (local.get $p) (local.get $x)))
  (func $loop (param $p i32) (param $x i64) (result i64)
    (i64.atomic.rmw16.xor_u offset=2 (local.get $p) (local.get $x)))
  (func $compare (param $p i32) (param $x i32) (param $y i32) (result i32)
    (atomic.fence)
    (i32.atomic.rmw.cmpxchg offset=1 (local.get $p) (local.get $x) (local.get $y)))
  (func $wait (param $p i32) (result i32)
    (memory.atomic.wait32 offset=4 (local.get $p) (i32.const 0) (i64.const -1)))
  (func $publish (param $p i32) (result i32)
    (i32.store offset=64 (local.get $p) (i32.const 1))
    (i32.atomic.store (local.get $p) (i32.const 1))
    (i32.add
      (i32.add (i32.load offset=64 (local.get $p)) (i32.load offset=64 (local.get $p)))
      (i32.atomic.load (local.get $p)))))

;;> == code function=exchange tier=baseline
;;> 75 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x28
;;>   mov ecx, edx                           ; exchange: i32.atomic.store
;;>   test al, 3
;;>   jne L2
;;>   xchg ecx, [r15+rax]
;;>   mov ecx, edx                           ; exchange: i32.atomic.rmw8.sub_u offset=3
;;>   neg ecx
;;>   lock xadd [r15+rax+3], cl
;;>   movzx ecx, cl
;;>   mov eax, ecx                           ; exchange: end
;;>   sub dword [r14+0x48], 0x12
;;>   js L3
;;> L1:
;;>   leave
;;>   ret
;;> L2:
;;>   call Trap                              ; exchange: i32.atomic.store
;;>   int3
;;> L3:
;;>   mov r11d, 0                            ; exchange: end
;;>   call TierUp
;;>   jmp L1

;;> == code function=exchange tier=optimized
;;> 52 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   test eax, 3                            ; exchange: i32.atomic.store
;;>   jne L1
;;>   mov r11d, edx
;;>   xchg r11d, [r15+rax]
;;>   mov r11d, edx                          ; exchange: i32.atomic.rmw8.sub_u offset=3
;;>   neg r11d
;;>   lock xadd [r15+rax+3], r11b
;;>   movzx eax, r11b
;;>   leave                                  ; exchange: end
;;>   ret
;;> L1:
;;>   call Trap                              ; exchange: i32.atomic.store

;;> == code function=loop tier=baseline
;;> 79 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x28
;;>   mov rcx, rax                           ; loop: i64.atomic.rmw16.xor_u offset=2
;;>   test cl, 1
;;>   jne L3
;;>   movzx eax, word [r15+rcx+2]
;;> L1:
;;>   mov rbx, rax
;;>   xor rbx, rdx
;;>   lock cmpxchg [r15+rcx+2], bx
;;>   jne L1
;;>   sub dword [r14+0x4c], 0xa              ; loop: end
;;>   js L4
;;> L2:
;;>   leave
;;>   ret
;;> L3:
;;>   call Trap                              ; loop: i64.atomic.rmw16.xor_u offset=2
;;>   int3
;;> L4:
;;>   mov r11d, 1                            ; loop: end
;;>   call TierUp
;;>   jmp L2

;;> == code function=loop tier=optimized
;;> 56 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   mov ecx, eax                           ; loop: (entry)
;;>   test ecx, 1                            ; loop: i64.atomic.rmw16.xor_u offset=2
;;>   jne L2
;;>   movzx eax, word [r15+rcx+2]
;;> L1:
;;>   mov r11, rax
;;>   xor r11, rdx
;;>   lock cmpxchg [r15+rcx+2], r11w
;;>   jne L1
;;>   movzx eax, ax
;;>   leave                                  ; loop: end
;;>   ret
;;> L2:
;;>   call Trap                              ; loop: i64.atomic.rmw16.xor_u offset=2

;;> == code function=compare tier=baseline
;;> 74 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x38
;;>   mfence                                 ; compare: atomic.fence
;;>   mov rbx, rax                           ; compare: i32.atomic.rmw.cmpxchg offset=1
;;>   lea r11d, [rbx+1]
;;>   test r11b, 3
;;>   jne L2
;;>   mov eax, edx
;;>   lock cmpxchg [r15+rbx+1], ecx
;;>   sub dword [r14+0x50], 0xf              ; compare: end
;;>   js L3
;;> L1:
;;>   leave
;;>   ret
;;> L2:
;;>   call Trap                              ; compare: i32.atomic.rmw.cmpxchg offset=1
;;>   int3
;;> L3:
;;>   mov r11d, 2                            ; compare: end
;;>   call TierUp
;;>   jmp L1

;;> == code function=compare tier=optimized
;;> 52 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   mov r11d, ecx                          ; compare: (entry)
;;>   mov ecx, eax
;;>   mov eax, edx
;;>   mov edx, r11d
;;>   mfence                                 ; compare: atomic.fence
;;>   lea ebx, [rcx+1]                       ; compare: i32.atomic.rmw.cmpxchg offset=1
;;>   test ebx, 3
;;>   jne L1
;;>   lock cmpxchg [r15+rcx+1], edx
;;>   leave                                  ; compare: end
;;>   ret
;;> L1:
;;>   call Trap                              ; compare: i32.atomic.rmw.cmpxchg offset=1

;;> == ir function=wait passes=gvn
;;> before
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i32 = i32.const 0
;;>   v2: i64 = i64.const -1
;;>   v3: i64 = i64.extend_i32_u v0
;;>   v4: i64 = i64.const 0
;;>   v5: i64 = i64.const 4
;;>   v6: i64 = call_builtin @MemoryWait32, v4, v3, v1, v2, v5
;;>   v7: i32 = i64.lt_s v6, v4
;;>   trap_if Pending, v7
;;>   v9: i32 = i32.wrap_i64 v6
;;>   return v9
;;> after
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i32 = i32.const 0
;;>   v2: i64 = i64.const -1
;;>   v3: i64 = i64.extend_i32_u v0
;;>   v4: i64 = i64.const 0
;;>   v5: i64 = i64.const 4
;;>   v6: i64 = call_builtin @MemoryWait32, v4, v3, v1, v2, v5
;;>   v7: i32 = i64.lt_s v6, v4
;;>   trap_if Pending, v7
;;>   v9: i32 = i32.wrap_i64 v6
;;>   return v9

;;> == ir function=publish passes=gvn
;;> before
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i32 = i32.const 1
;;>   i32.store +64, v0, v1
;;>   v3: i32 = i32.const 3
;;>   v4: i32 = i32.and v0, v3
;;>   trap_if UnalignedAtomic, v4
;;>   i32.atomic.store +0, v0, v1
;;>   v7: i32 = i32.load +64, v0
;;>   v8: i32 = i32.load +64, v0
;;>   v9: i32 = i32.add v7, v8
;;>   v10: i32 = i32.and v0, v3
;;>   trap_if UnalignedAtomic, v10
;;>   v12: i32 = i32.atomic.load +0, v0
;;>   v13: i32 = i32.add v9, v12
;;>   return v13
;;> after
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i32 = i32.const 1
;;>   i32.store +64, v0, v1
;;>   v3: i32 = i32.const 3
;;>   v4: i32 = i32.and v0, v3
;;>   trap_if UnalignedAtomic, v4
;;>   i32.atomic.store +0, v0, v1
;;>   v7: i32 = i32.load +64, v0
;;>   v8: i32 = i32.load +64, v0
;;>   v9: i32 = i32.add v7, v8
;;>   v10: i32 = i32.atomic.load +0, v0
;;>   v11: i32 = i32.add v9, v10
;;>   return v11
