;; rules: code tier=optimized
;;
;; Loads as operands of the instructions that use them.
(module
  (memory 1)
  ;; rule: a load that is used once is an operand of an addition
  (func $add (param $x i32) (param $p i32) (result i32) (i32.add (local.get $x) (i32.load (local.get $p))))
  ;; rule: a load on the left of a commutative operator comes before
  (func $add-left (param $p i32) (param $x i32) (result i32) (i32.add (i32.load (local.get $p)) (local.get $x)))
  ;; rule: a load is an operand of a subtraction on the right side only
  (func $sub-right (param $x i32) (param $p i32) (result i32) (i32.sub (local.get $x) (i32.load (local.get $p))))
  ;; rule: what is subtracted from is loaded before
  (func $sub-left (param $p i32) (param $x i32) (result i32) (i32.sub (i32.load (local.get $p)) (local.get $x)))
  ;; rule: a load is an operand of and
  (func $and (param $x i64) (param $p i32) (result i64) (i64.and (local.get $x) (i64.load (local.get $p))))
  ;; rule: a load is an operand of or
  (func $or (param $x i64) (param $p i32) (result i64) (i64.or (local.get $x) (i64.load (local.get $p))))
  ;; rule: a load is an operand of an exclusive or
  (func $xor (param $x i32) (param $p i32) (result i32) (i32.xor (local.get $x) (i32.load (local.get $p))))
  ;; rule: a load is an operand of a multiplication
  (func $mul (param $x i32) (param $p i32) (result i32) (i32.mul (local.get $x) (i32.load (local.get $p))))
  ;; rule: what bits are counted of is loaded before
  (func $popcnt (param $p i32) (result i32) (i32.popcnt (i32.load (local.get $p))))
  ;; rule: a narrow load is no operand
  (func $narrow (param $x i32) (param $p i32) (result i32) (i32.add (local.get $x) (i32.load8_u (local.get $p))))
  ;; rule: a load that is used twice is made once
  (func $twice (param $x i32) (param $p i32) (result i32)
    (local $v i32)
    (local.set $v (i32.load (local.get $p)))
    (i32.add (i32.mul (local.get $x) (local.get $v)) (local.get $v)))
  ;; rule: a load does not move over a store
  (func $over-store (param $x i32) (param $p i32) (result i32)
    (local $v i32)
    (local.set $v (i32.load (local.get $p)))
    (i32.store offset=4 (local.get $p) (i32.const 1))
    (i32.add (local.get $x) (local.get $v)))
  ;; rule: a load does not move into another block
  (func $other-block (param $x i32) (param $p i32) (result i32)
    (local $v i32)
    (local.set $v (i32.load (local.get $p)))
    (if (result i32) (local.get $x) (then (i32.add (local.get $x) (local.get $v))) (else (i32.const 0))))
  ;; rule: a load is an operand of a comparison with a constant
  (func $compare-constant (param $p i32) (result i32) (i32.lt_s (i32.load (local.get $p)) (i32.const 10)))
  ;; rule: a load is the right operand of a comparison
  (func $compare-right (param $x i32) (param $p i32) (result i32) (i32.lt_s (local.get $x) (i32.load (local.get $p))))
  ;; rule: a load on the left of a comparison exchanges its sides
  (func $compare-left (param $p i32) (param $x i32) (result i32) (i32.lt_s (i32.load (local.get $p)) (local.get $x)))
  ;; rule: a load that is compared with zero is compared in memory
  (func $compare-zero (param $p i32) (result i32) (i32.eqz (i32.load (local.get $p))))
  ;; rule: a load that decides a branch is compared in memory
  (func $branch (param $p i32) (result i32)
    (if (result i32) (i32.load (local.get $p)) (then (i32.const 3)) (else (i32.const 4))))
  ;; rule: the operand of a selection's comparison is loaded before, since it may trap
  (func $select (param $p i32) (param $x i32) (param $y i32) (result i32)
    (select (local.get $x) (local.get $y) (i32.eq (i32.load (local.get $p)) (local.get $x))))
  ;; rule: a sum is not written to the place it was loaded from in one instruction
  (func $update (param $p i32) (i32.store (local.get $p) (i32.add (i32.load (local.get $p)) (i32.const 1)))))

;;> == add: a load that is used once is an operand of an addition
;;> 16 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   add eax, [r15+rdx]                     ; add: i32.add
;;>   leave                                  ; add: end
;;>   ret

;;> == add-left: a load on the left of a commutative operator comes before
;;> 18 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   mov eax, [r15+rax]                     ; add-left: i32.load
;;>   add eax, edx                           ; add-left: i32.add
;;>   leave                                  ; add-left: end
;;>   ret

;;> == sub-right: a load is an operand of a subtraction on the right side only
;;> 16 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   sub eax, [r15+rdx]                     ; sub-right: i32.sub
;;>   leave                                  ; sub-right: end
;;>   ret

;;> == sub-left: what is subtracted from is loaded before
;;> 18 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   mov eax, [r15+rax]                     ; sub-left: i32.load
;;>   sub eax, edx                           ; sub-left: i32.sub
;;>   leave                                  ; sub-left: end
;;>   ret

;;> == and: a load is an operand of and
;;> 16 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   and rax, [r15+rdx]                     ; and: i64.and
;;>   leave                                  ; and: end
;;>   ret

;;> == or: a load is an operand of or
;;> 16 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   or rax, [r15+rdx]                      ; or: i64.or
;;>   leave                                  ; or: end
;;>   ret

;;> == xor: a load is an operand of an exclusive or
;;> 16 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   xor eax, [r15+rdx]                     ; xor: i32.xor
;;>   leave                                  ; xor: end
;;>   ret

;;> == mul: a load is an operand of a multiplication
;;> 17 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   imul eax, [r15+rdx]                    ; mul: i32.mul
;;>   leave                                  ; mul: end
;;>   ret

;;> == popcnt: what bits are counted of is loaded before
;;> 20 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   mov eax, [r15+rax]                     ; popcnt: i32.popcnt
;;>   popcnt eax, eax
;;>   leave                                  ; popcnt: end
;;>   ret

;;> == narrow: a narrow load is no operand
;;> 19 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   movzx ecx, byte [r15+rdx]              ; narrow: i32.load8_u
;;>   add eax, ecx                           ; narrow: i32.add
;;>   leave                                  ; narrow: end
;;>   ret

;;> == twice: a load that is used twice is made once
;;> 21 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   mov ecx, [r15+rdx]                     ; twice: i32.load
;;>   imul eax, ecx                          ; twice: i32.mul
;;>   add eax, ecx                           ; twice: i32.add
;;>   leave                                  ; twice: end
;;>   ret

;;> == over-store: a load does not move over a store
;;> 27 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   mov ecx, [r15+rdx]                     ; over-store: i32.load
;;>   mov dword [r15+rdx+4], 1               ; over-store: i32.store offset=4
;;>   add eax, ecx                           ; over-store: i32.add
;;>   leave                                  ; over-store: end
;;>   ret

;;> == other-block: a load does not move into another block
;;> 30 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   mov ecx, [r15+rdx]                     ; other-block: i32.load
;;>   test eax, eax                          ; other-block: if
;;>   je L2
;;>   add eax, ecx                           ; other-block: i32.add
;;> L1:
;;>   leave                                  ; other-block: end
;;>   ret
;;> L2:
;;>   xor eax, eax                           ; other-block: if
;;>   jmp L1

;;> == compare-constant: a load is an operand of a comparison with a constant
;;> 23 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   cmp dword [r15+rax], 0xa               ; compare-constant: i32.lt_s
;;>   setl al
;;>   movzx eax, al
;;>   leave                                  ; compare-constant: end
;;>   ret

;;> == compare-right: a load is the right operand of a comparison
;;> 22 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   cmp eax, [r15+rdx]                     ; compare-right: i32.lt_s
;;>   setl al
;;>   movzx eax, al
;;>   leave                                  ; compare-right: end
;;>   ret

;;> == compare-left: a load on the left of a comparison exchanges its sides
;;> 22 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   cmp edx, [r15+rax]                     ; compare-left: i32.lt_s
;;>   setg al
;;>   movzx eax, al
;;>   leave                                  ; compare-left: end
;;>   ret

;;> == compare-zero: a load that is compared with zero is compared in memory
;;> 23 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   cmp dword [r15+rax], 0                 ; compare-zero: i32.eqz
;;>   sete al
;;>   movzx eax, al
;;>   leave                                  ; compare-zero: end
;;>   ret

;;> == branch: a load that decides a branch is compared in memory
;;> 35 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   cmp dword [r15+rax], 0                 ; branch: if
;;>   jne L2
;;>   mov eax, 4
;;> L1:
;;>   leave                                  ; branch: end
;;>   ret
;;> L2:
;;>   mov eax, 3                             ; branch: if
;;>   jmp L1

;;> == select: the operand of a selection's comparison is loaded before, since it may trap
;;> 23 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   mov eax, [r15+rax]                     ; select: i32.load
;;>   cmp eax, edx                           ; select: select
;;>   cmove ecx, edx
;;>   mov eax, ecx                           ; select: end
;;>   leave
;;>   ret

;;> == update: a sum is not written to the place it was loaded from in one instruction
;;> 23 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   mov ecx, [r15+rax]                     ; update: i32.load
;;>   add ecx, 1                             ; update: i32.add
;;>   mov [r15+rax], ecx                     ; update: i32.store
;;>   leave                                  ; update: end
;;>   ret
