;; rules: code tier=optimized
;; feedback: table@0 -> $small:1000
;; feedback: table-generic@0 -> $small:1000
;; feedback: reference@0 -> $small:1000
;; feedback: import-target@0 -> $small:1000
;; feedback: two-targets@0 -> $small:600 $other:400
;; feedback: megamorphic@0 -> megamorphic
;; feedback: direct@0 -> 1000
;; feedback: constant-argument@0 -> 1000
;; feedback: getter@0 -> 1000
;; feedback: constructor@0 -> 1000
;; feedback: trapping@0 -> 1000
;; feedback: tail@0 -> 1000
;; feedback: loop@0 -> $small:1000000
;; feedback: after-guard@0 -> $small:1000
;; feedback: after-guard@1 -> $small:1000
;;
;; What feedback makes of calls: guards, inlined bodies, and what folds in them.
(module
  (type $u (func (param i32) (result i32)))
  (type $p (struct (field (mut i32)) (field (mut i32))))
  (table $t 8 8 (ref null $u))
  (global $callee (mut (ref null $u)) (ref.null $u))
  (elem declare func $small $other)
  (func $small (type $u) (i32.add (local.get 0) (i32.const 37)))
  (func $other (type $u) (i32.xor (local.get 0) (i32.const 21)))
  (func $power (param $x i32) (param $n i32) (result i32)
    (if (result i32) (i32.eq (local.get $n) (i32.const 2))
      (then (i32.mul (local.get $x) (local.get $x))) (else (i32.rem_u (local.get $x) (local.get $n)))))
  (func $first (param $p (ref $p)) (result i32) (struct.get $p 0 (local.get $p)))
  (func $make (param $x i32) (result (ref $p)) (struct.new $p (local.get $x) (i32.const 1)))
  (func $fails (param $x i32) (result i32) (if (local.get $x) (then (unreachable))) (i32.const 2))
  ;; rule: one target of a table's calls is guarded by its address and inlined
  (func $table (param $x i32) (param $i i32) (result i32) (call_indirect $t (type $u) (local.get $x) (local.get $i)))
  ;; rule: one target of calls by reference is guarded by its address and inlined
  (func $reference (param $x i32) (param $f (ref null $u)) (result i32) (call_ref $u (local.get $x) (local.get $f)))
  ;; rule: two targets are compared one after the other
  (func $two-targets (param $x i32) (param $f (ref null $u)) (result i32) (call_ref $u (local.get $x) (local.get $f)))
  ;; rule: a site with too many targets calls them
  (func $megamorphic (param $x i32) (param $f (ref null $u)) (result i32) (call_ref $u (local.get $x) (local.get $f)))
  ;; rule: a small function is put in the place of its call
  (func $direct (param $x i32) (result i32) (i32.mul (call $small (local.get $x)) (i32.const 2)))
  ;; rule: a constant argument decides what is inlined
  (func $constant-argument (param $x i32) (result i32) (call $power (local.get $x) (i32.const 2)))
  ;; rule: an inlined access to a field is the access
  (func $getter (param $p (ref $p)) (result i32) (call $first (local.get $p)))
  ;; rule: an object that an inlined function makes is not made if nobody sees it
  (func $constructor (param $x i32) (result i32) (struct.get $p 0 (call $make (local.get $x))))
  ;; rule: a trap of an inlined function lies out of line
  (func $trapping (param $x i32) (result i32) (call $fails (local.get $x)))
  ;; rule: a function inlined at a tail call returns its result
  (func $tail (param $x i32) (result i32) (return_call $small (local.get $x)))
  ;; rule: a call without feedback is called
  (func $never (param $x i32) (param $f (ref null $u)) (result i32)
    (if (result i32) (local.get $x) (then (call_ref $u (local.get $x) (local.get $f))) (else (i32.const 3))))
  ;; rule: a guard that does not change in a loop is before it
  (func $loop (param $n i32) (param $f (ref null $u)) (result i32) (local $s i32)
    (loop $next
      (local.set $s (i32.add (local.get $s) (call_ref $u (local.get $n) (local.get $f))))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $s))
  ;; rule: a second guard of the same reference is none
  (func $after-guard (param $x i32) (param $f (ref null $u)) (result i32)
    (i32.mul (call_ref $u (local.get $x) (local.get $f)) (call_ref $u (i32.const 4) (local.get $f))))
  ;; rules: code tier=optimized deopt=off
  ;; rule: without deopts another target is called
  (func $table-generic (param $x i32) (param $i i32) (result i32) (call_indirect $t (type $u) (local.get $x) (local.get $i)))
  ;; rules: code tier=optimized inlining=off
  ;; rule: without inlining a known target is called
  (func $import-target (param $x i32) (param $f (ref null $u)) (result i32) (call_ref $u (local.get $x) (local.get $f))))

;;> == table: one target of a table's calls is guarded by its address and inlined
;;> 58 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   cmp edx, 8                             ; table: call_indirect (type 0)
;;>   jae L1
;;>   mov rcx, [r14+0x40]
;;>   mov rcx, [rcx+rdx*8]
;;>   lea rbx, [r14+0x1c0]
;;>   cmp rcx, rbx
;;>   jne L2
;;>   add eax, 0x25                          ; small: i32.add
;;>   leave                                  ; table: end
;;>   ret
;;> L1:
;;>   call Trap                              ; table: call_indirect (type 0)
;;> L2:
;;>   call Deoptimize

;;> == reference: one target of calls by reference is guarded by its address and inlined
;;> 36 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   lea rcx, [r14+0x1c0]                   ; reference: call_ref 0
;;>   cmp rdx, rcx
;;>   jne L1
;;>   add eax, 0x25                          ; small: i32.add
;;>   leave                                  ; reference: end
;;>   ret
;;> L1:
;;>   call Deoptimize                        ; reference: call_ref 0

;;> == two-targets: two targets are compared one after the other
;;> 53 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   lea rcx, [r14+0x1c0]                   ; two-targets: call_ref 0
;;>   cmp rdx, rcx
;;>   jne L1
;;>   add eax, 0x25                          ; small: i32.add
;;>   jmp L2                                 ; two-targets: call_ref 0
;;> L1:
;;>   lea rcx, [r14+0x1e0]
;;>   cmp rdx, rcx
;;>   jne L3
;;>   xor eax, 0x15                          ; other: i32.xor
;;> L2:
;;>   leave                                  ; two-targets: end
;;>   ret
;;> L3:
;;>   call Deoptimize                        ; two-targets: call_ref 0

;;> == megamorphic: a site with too many targets calls them
;;> 60 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   cmp rsp, [r14]
;;>   jb L2
;;> L1:
;;>   test rdx, rdx                          ; megamorphic: call_ref 0
;;>   je L3
;;>   mov r11, rdx
;;>   mov r14, [r11+8]
;;>   mov r15, [r14+8]
;;>   call qword [r11]
;;>   mov r14, [rbp-8]
;;>   leave                                  ; megamorphic: end
;;>   ret
;;> L2:
;;>   call StackGuard                        ; megamorphic: (entry)
;;>   jmp L1
;;> L3:
;;>   call Trap                              ; megamorphic: call_ref 0

;;> == direct: a small function is put in the place of its call
;;> 6 bytes
;;>   add eax, 0x25                          ; small: i32.add
;;>   shl eax, 1                             ; direct: i32.mul
;;>   ret                                    ; direct: end

;;> == constant-argument: a constant argument decides what is inlined
;;> 4 bytes
;;>   imul eax, eax                          ; power: i32.mul
;;>   ret                                    ; constant-argument: end

;;> == getter: an inlined access to a field is the access
;;> 4 bytes
;;>   mov eax, [rax+8]                       ; first: struct.get 1 0
;;>   ret                                    ; getter: end

;;> == constructor: an object that an inlined function makes is not made if nobody sees it
;;> 1 bytes
;;>   ret                                    ; constructor: end

;;> == trapping: a trap of an inlined function lies out of line
;;> 31 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   test eax, eax                          ; fails: if
;;>   jne L1
;;>   mov eax, 2                             ; trapping: end
;;>   leave
;;>   ret
;;> L1:
;;>   call Trap                              ; fails: unreachable
;;>   int3

;;> == tail: a function inlined at a tail call returns its result
;;> 4 bytes
;;>   add eax, 0x25                          ; small: i32.add
;;>   ret                                    ; tail: return_call small

;;> == never: a call without feedback is called
;;> 75 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   cmp rsp, [r14]
;;>   jb L4
;;> L1:
;;>   test eax, eax                          ; never: if
;;>   je L3
;;>   test rdx, rdx                          ; never: call_ref 0
;;>   je L5
;;>   mov r11, rdx
;;>   mov r14, [r11+8]
;;>   mov r15, [r14+8]
;;>   call qword [r11]
;;>   mov r14, [rbp-8]
;;> L2:
;;>   leave                                  ; never: end
;;>   ret
;;> L3:
;;>   mov eax, 3                             ; never: if
;;>   jmp L2
;;> L4:
;;>   call StackGuard                        ; never: (entry)
;;>   jmp L1
;;> L5:
;;>   call Trap                              ; never: call_ref 0

;;> == loop: a guard that does not change in a loop is before it
;;> 146 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   cmp rsp, [r14]                         ; loop: loop
;;>   jb L5
;;> L1:
;;>   lea rcx, [r14+0x1c0]                   ; loop: call_ref 0
;;>   cmp rdx, rcx
;;>   jne L6
;;>   lea ecx, [rax+0x25]                    ; small: i32.add
;;>   add eax, -1                            ; loop: i32.sub
;;>   test eax, eax                          ; loop: br_if 0
;;>   je L4
;;>   nop word [rax+rax]
;;>   nop word [rax+rax]
;;> L2:
;;>   cmp rsp, [r14]                         ; loop: loop
;;>   jb L7
;;> L3:
;;>   lea edx, [rax+0x25]                    ; small: i32.add
;;>   add ecx, edx                           ; loop: i32.add
;;>   cmp eax, 1                             ; loop: br_if 0
;;>   je L4
;;>   lea edx, [rax+0x24]                    ; small: i32.add
;;>   add ecx, edx                           ; loop: i32.add
;;>   cmp eax, 2                             ; loop: br_if 0
;;>   je L4
;;>   lea edx, [rax+0x23]                    ; small: i32.add
;;>   add ecx, edx                           ; loop: i32.add
;;>   cmp eax, 3                             ; loop: br_if 0
;;>   je L4
;;>   lea edx, [rax+0x22]                    ; small: i32.add
;;>   add ecx, edx                           ; loop: i32.add
;;>   add eax, -4                            ; loop: i32.sub
;;>   test eax, eax                          ; loop: br_if 0
;;>   jne L2
;;> L4:
;;>   mov eax, ecx                           ; loop: end
;;>   leave
;;>   ret
;;> L5:
;;>   call StackGuard                        ; loop: loop
;;>   jmp L1
;;> L6:
;;>   call Deoptimize                        ; loop: call_ref 0
;;> L7:
;;>   call StackGuard                        ; loop: loop
;;>   jmp L3

;;> == after-guard: a second guard of the same reference is none
;;> 39 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   lea rcx, [r14+0x1c0]                   ; after-guard: call_ref 0
;;>   cmp rdx, rcx
;;>   jne L1
;;>   add eax, 0x25                          ; small: i32.add
;;>   imul eax, 0x29                         ; after-guard: i32.mul
;;>   leave                                  ; after-guard: end
;;>   ret
;;> L1:
;;>   call Deoptimize                        ; after-guard: call_ref 0

;;> == table-generic: without deopts another target is called
;;> 103 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   cmp rsp, [r14]
;;>   jb L4
;;> L1:
;;>   cmp edx, 8                             ; table-generic: call_indirect (type 0)
;;>   jae L5
;;>   mov rcx, [r14+0x40]
;;>   mov rcx, [rcx+rdx*8]
;;>   lea rdx, [r14+0x1c0]
;;>   cmp rcx, rdx
;;>   jne L3
;;>   add eax, 0x25                          ; small: i32.add
;;> L2:
;;>   leave                                  ; table-generic: end
;;>   ret
;;> L3:
;;>   test rcx, rcx                          ; table-generic: call_indirect (type 0)
;;>   je L6
;;>   mov r11, rcx
;;>   mov r14, [r11+8]
;;>   mov r15, [r14+8]
;;>   call qword [r11]
;;>   mov r14, [rbp-8]
;;>   jmp L2
;;> L4:
;;>   call StackGuard                        ; table-generic: (entry)
;;>   jmp L1
;;> L5:
;;>   call Trap                              ; table-generic: call_indirect (type 0)
;;> L6:
;;>   call Trap

;;> == import-target: without inlining a known target is called
;;> 60 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   cmp rsp, [r14]
;;>   jb L2
;;> L1:
;;>   test rdx, rdx                          ; import-target: call_ref 0
;;>   je L3
;;>   mov r11, rdx
;;>   mov r14, [r11+8]
;;>   mov r15, [r14+8]
;;>   call qword [r11]
;;>   mov r14, [rbp-8]
;;>   leave                                  ; import-target: end
;;>   ret
;;> L2:
;;>   call StackGuard                        ; import-target: (entry)
;;>   jmp L1
;;> L3:
;;>   call Trap                              ; import-target: call_ref 0
