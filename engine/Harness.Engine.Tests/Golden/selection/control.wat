;; rules: code tier=optimized
;;
;; Branch tables, loops and the order of blocks.
(module
  (func $f (import "" "f"))
  (memory 1)
  ;; rule: a branch table with few targets is a chain of comparisons
  (func $table (param $x i32) (result i32)
    (block $d (block $c (block $b (block $a (br_table $a $b $c $d (local.get $x)))
      (return (i32.const 10))) (return (i32.const 20))) (return (i32.const 30)))
    (i32.const 40))
  ;; rule: a branch table with many targets is a jump through a table
  (func $table-many (param $x i32) (result i32)
    (block $d (block $c (block $b (block $a (br_table $a $b $c $d $a $b $c $d $a $b $c $d (local.get $x)))
      (return (i32.const 10))) (return (i32.const 20))) (return (i32.const 30)))
    (i32.const 40))
  ;; rule: a branch table with one target is a jump
  (func $table-one (param $x i32) (result i32) (block $a (br_table $a $a $a (local.get $x))) (i32.const 5))
  ;; rule: a branch table with a default alone is a jump
  (func $table-default (param $x i32) (result i32) (block $a (br_table $a (local.get $x))) (i32.const 5))
  ;; rule: a branch table with two ways
  (func $table-two (param $x i32) (result i32)
    (block $b (block $a (br_table $a $b (local.get $x))) (return (i32.const 10))) (i32.const 20))
  ;; rule: a branch table by a constant is a jump
  (func $table-constant (result i32)
    (block $b (block $a (br_table $a $b (i32.const 0))) (return (i32.const 10))) (i32.const 20))
  ;; rule: a branch table carries a value
  (func $table-value (param $x i32) (result i32)
    (block $b (result i32) (block $a (result i32) (br_table $a $b (i32.const 7) (local.get $x))) (i32.add (i32.const 1))))
  ;; rule: a branch by a constant is none
  (func $constant (result i32) (if (result i32) (i32.const 1) (then (i32.const 3)) (else (i32.const 4))))
  ;; rule: code behind a branch that is always taken is not there
  (func $dead (result i32) (block $a (br $a) (call $f)) (i32.const 5))
  ;; rule: a branch inside of one on the same condition is known
  (func $nested (param $x i32) (result i32)
    (if (result i32) (local.get $x)
      (then (if (result i32) (local.get $x) (then (i32.const 3)) (else (i32.const 4)))) (else (i32.const 5))))
  ;; rule: a trap is out of line
  (func $trap (param $x i32) (result i32) (if (local.get $x) (then (unreachable))) (i32.const 5))
  ;; rule: a loop tests at its end
  (func $loop (param $n i32) (result i32) (local $s i32)
    (loop $next
      (local.set $s (i32.add (local.get $s) (local.get $n)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $s))
  ;; rule: a loop that tests at its beginning is turned to test at its end
  (func $while (param $n i32) (result i32) (local $s i32)
    (block $done (loop $next
      (br_if $done (i32.eqz (local.get $n)))
      (local.set $s (i32.add (local.get $s) (local.get $n)))
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (br $next)))
    (local.get $s))
  ;; rule: a loop over a memory keeps its values in registers
  (func $sum (param $p i32) (param $n i32) (result i32) (local $s i32)
    (loop $next
      (local.set $s (i32.add (local.get $s) (i32.load (local.get $p))))
      (local.set $p (i32.add (local.get $p) (i32.const 4)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $s))
  ;; rule: an endless loop checks for interrupts
  (func $endless (loop $next (br $next)))
  ;; rule: a loop with a call
  (func $calling (param $n i32)
    (loop $next (call $f) (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
  ;; rule: two ways that come together choose by a register
  (func $join (param $x i32) (param $y i32) (result i32)
    (i32.add (if (result i32) (local.get $x) (then (i32.mul (local.get $y) (local.get $y))) (else (i32.const 7))) (local.get $y)))
  ;; rule: an early return
  (func $early (param $x i32) (result i32) (if (i32.lt_s (local.get $x) (i32.const 0)) (then (return (i32.const -1)))) (i32.shl (local.get $x) (i32.const 1)))
  ;; rule: two values are exchanged by the parameters of a loop
  (func $exchange (param $a i32) (param $b i32) (param $n i32) (result i32) (local $t i32)
    (loop $next
      (local.set $t (local.get $a)) (local.set $a (local.get $b)) (local.set $b (local.get $t))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $a))
  ;; rule: several results are returned in registers
  (func $results (param $x i32) (param $y i64) (result i64 i32) (local.get $y) (local.get $x)))

;;> == table: a branch table with few targets is a chain of comparisons
;;> 55 bytes
;;>   test eax, eax                          ; table: br_table
;;>   je L1
;;>   cmp eax, 1
;;>   je L2
;;>   cmp eax, 2
;;>   je L3
;;>   jmp L4
;;> L1:
;;>   mov eax, 0xa                           ; table: return
;;>   ret
;;> L2:
;;>   mov eax, 0x14                          ; table: return
;;>   ret
;;> L3:
;;>   mov eax, 0x1e                          ; table: return
;;>   ret
;;> L4:
;;>   mov eax, 0x28                          ; table: end
;;>   ret

;;> == table-many: a branch table with many targets is a jump through a table
;;> 96 bytes
;;>   cmp eax, 0xb                           ; table-many: br_table
;;>   jae L4
;;>   mov r11d, eax
;;>   lea rax, [rel T1]
;;>   movsxd r11, [rax+r11*4]
;;>   add rax, r11
;;>   jmp rax
;;> L1:
;;>   mov eax, 0xa                           ; table-many: return
;;>   ret
;;> L2:
;;>   mov eax, 0x14                          ; table-many: return
;;>   ret
;;> L3:
;;>   mov eax, 0x1e                          ; table-many: return
;;>   ret
;;> L4:
;;>   mov eax, 0x28                          ; table-many: end
;;>   ret
;;> T1:
;;>   dd L1 - T1
;;>   dd L2 - T1
;;>   dd L3 - T1
;;>   dd L4 - T1
;;>   dd L1 - T1
;;>   dd L2 - T1
;;>   dd L3 - T1
;;>   dd L4 - T1
;;>   dd L1 - T1
;;>   dd L2 - T1
;;>   dd L3 - T1

;;> == table-one: a branch table with one target is a jump
;;> 6 bytes
;;>   mov eax, 5                             ; table-one: end
;;>   ret

;;> == table-default: a branch table with a default alone is a jump
;;> 6 bytes
;;>   mov eax, 5                             ; table-default: end
;;>   ret

;;> == table-two: a branch table with two ways
;;> 25 bytes
;;>   test eax, eax                          ; table-two: br_table
;;>   je L1
;;>   jmp L2
;;> L1:
;;>   mov eax, 0xa                           ; table-two: return
;;>   ret
;;> L2:
;;>   mov eax, 0x14                          ; table-two: end
;;>   ret

;;> == table-constant: a branch table by a constant is a jump
;;> 6 bytes
;;>   mov eax, 0xa                           ; table-constant: return
;;>   ret

;;> == table-value: a branch table carries a value
;;> 21 bytes
;;>   test eax, eax                          ; table-value: br_table
;;>   je L2
;;>   mov eax, 7
;;> L1:
;;>   ret                                    ; table-value: end
;;> L2:
;;>   mov eax, 8                             ; table-value: br_table
;;>   jmp L1

;;> == constant: a branch by a constant is none
;;> 6 bytes
;;>   mov eax, 3                             ; constant: end
;;>   ret

;;> == dead: code behind a branch that is always taken is not there
;;> 6 bytes
;;>   mov eax, 5                             ; dead: end
;;>   ret

;;> == nested: a branch inside of one on the same condition is known
;;> 21 bytes
;;>   test eax, eax                          ; nested: if
;;>   jne L2
;;>   mov eax, 5
;;> L1:
;;>   ret                                    ; nested: end
;;> L2:
;;>   mov eax, 3                             ; nested: if
;;>   jmp L1

;;> == trap: a trap is out of line
;;> 31 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   test eax, eax                          ; trap: if
;;>   jne L1
;;>   mov eax, 5                             ; trap: end
;;>   leave
;;>   ret
;;> L1:
;;>   call Trap                              ; trap: unreachable
;;>   int3

;;> == loop: a loop tests at its end
;;> 96 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   xor ecx, ecx                           ; loop: loop
;;>   nop word [rax+rax]
;;>   nop word [rax+rax]
;;>   xchg ax, ax
;;> L1:
;;>   cmp rsp, [r14]
;;>   jb L4
;;> L2:
;;>   add ecx, eax                           ; loop: i32.add
;;>   lea edx, [rax-1]                       ; loop: i32.sub
;;>   test edx, edx                          ; loop: br_if 0
;;>   je L3
;;>   add ecx, edx                           ; loop: i32.add
;;>   lea edx, [rax-2]                       ; loop: i32.sub
;;>   test edx, edx                          ; loop: br_if 0
;;>   je L3
;;>   add ecx, edx                           ; loop: i32.add
;;>   lea edx, [rax-3]                       ; loop: i32.sub
;;>   test edx, edx                          ; loop: br_if 0
;;>   je L3
;;>   add ecx, edx                           ; loop: i32.add
;;>   add eax, -4                            ; loop: i32.sub
;;>   test eax, eax                          ; loop: br_if 0
;;>   jne L1
;;> L3:
;;>   mov eax, ecx                           ; loop: end
;;>   leave
;;>   ret
;;> L4:
;;>   call StackGuard                        ; loop: loop
;;>   jmp L2

;;> == while: a loop that tests at its beginning is turned to test at its end
;;> 105 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   cmp rsp, [r14]                         ; while: loop
;;>   jb L6
;;> L1:
;;>   test eax, eax                          ; while: br_if 1
;;>   je L5
;;>   mov ecx, eax
;;>   xor eax, eax
;;>   nop
;;> L2:
;;>   add eax, ecx                           ; while: i32.add
;;>   lea edx, [rcx-1]                       ; while: i32.sub
;;>   cmp rsp, [r14]                         ; while: loop
;;>   jb L7
;;> L3:
;;>   test edx, edx                          ; while: br_if 1
;;>   je L4
;;>   add eax, edx                           ; while: i32.add
;;>   lea edx, [rcx-2]                       ; while: i32.sub
;;>   test edx, edx                          ; while: br_if 1
;;>   je L4
;;>   add eax, edx                           ; while: i32.add
;;>   lea edx, [rcx-3]                       ; while: i32.sub
;;>   test edx, edx                          ; while: br_if 1
;;>   je L4
;;>   add eax, edx                           ; while: i32.add
;;>   add ecx, -4                            ; while: i32.sub
;;>   test ecx, ecx                          ; while: br_if 1
;;>   jne L2
;;> L4:
;;>   leave                                  ; while: end
;;>   ret
;;> L5:
;;>   xor eax, eax                           ; while: br_if 1
;;>   jmp L4
;;> L6:
;;>   call StackGuard                        ; while: loop
;;>   jmp L1
;;> L7:
;;>   call StackGuard
;;>   jmp L3

;;> == sum: a loop over a memory keeps its values in registers
;;> 110 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   xor ecx, ecx                           ; sum: loop
;;>   nop word [rax+rax]
;;>   nop word [rax+rax]
;;>   xchg ax, ax
;;> L1:
;;>   cmp rsp, [r14]
;;>   jb L4
;;> L2:
;;>   add ecx, [r15+rax]                     ; sum: i32.add
;;>   lea ebx, [rax+4]                       ; sum: i32.add
;;>   cmp edx, 1                             ; sum: br_if 0
;;>   je L3
;;>   add ecx, [r15+rbx]                     ; sum: i32.add
;;>   lea ebx, [rax+8]                       ; sum: i32.add
;;>   cmp edx, 2                             ; sum: br_if 0
;;>   je L3
;;>   add ecx, [r15+rbx]                     ; sum: i32.add
;;>   lea ebx, [rax+0xc]                     ; sum: i32.add
;;>   cmp edx, 3                             ; sum: br_if 0
;;>   je L3
;;>   add ecx, [r15+rbx]                     ; sum: i32.add
;;>   add eax, 0x10                          ; sum: i32.add
;;>   add edx, -4                            ; sum: i32.sub
;;>   test edx, edx                          ; sum: br_if 0
;;>   jne L1
;;> L3:
;;>   mov eax, ecx                           ; sum: end
;;>   leave
;;>   ret
;;> L4:
;;>   call StackGuard                        ; sum: loop
;;>   jmp L2

;;> == endless: an endless loop checks for interrupts
;;> 50 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   nop word [rax+rax]                     ; endless: loop
;;>   nop word [rax+rax]
;;>   nop dword [rax]
;;> L1:
;;>   cmp rsp, [r14]
;;>   jb L3
;;> L2:
;;>   jmp L1                                 ; endless: br 0
;;> L3:
;;>   call StackGuard                        ; endless: loop
;;>   jmp L2

;;> == calling: a loop with a call
;;> 94 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x18
;;>   cmp rsp, [r14]
;;>   jb L5
;;> L1:
;;>   mov [rbp-0x10], rax                    ; calling: loop
;;>   jmp L3
;;>   nop dword [rax]
;;> L2:
;;>   mov [rbp-0x10], rax                    ; calling: br_if 0
;;> L3:
;;>   cmp rsp, [r14]                         ; calling: loop
;;>   jb L6
;;> L4:
;;>   mov r11, [r14+0x50]                    ; calling: call f
;;>   mov r14, [r11+8]
;;>   mov r15, [r14+8]
;;>   call qword [r11]
;;>   mov r14, [rbp-8]
;;>   mov r15, [r14+8]
;;>   mov eax, [rbp-0x10]                    ; calling: i32.sub
;;>   add eax, -1
;;>   test eax, eax                          ; calling: br_if 0
;;>   jne L2
;;>   leave                                  ; calling: end
;;>   ret
;;> L5:
;;>   call StackGuard                        ; calling: (entry)
;;>   jmp L1
;;> L6:
;;>   call StackGuard                        ; calling: loop
;;>   jmp L4

;;> == join: two ways that come together choose by a register
;;> 24 bytes
;;>   test eax, eax                          ; join: if
;;>   je L2
;;>   mov rax, rdx                           ; join: i32.mul
;;>   imul eax, edx
;;> L1:
;;>   add eax, edx                           ; join: i32.add
;;>   ret                                    ; join: end
;;> L2:
;;>   mov eax, 7                             ; join: if
;;>   jmp L1

;;> == early: an early return
;;> 17 bytes
;;>   test eax, eax                          ; early: if
;;>   jge L1
;;>   mov eax, -1                            ; early: return
;;>   ret
;;> L1:
;;>   shl eax, 1                             ; early: i32.shl
;;>   ret                                    ; early: end

;;> == exchange: two values are exchanged by the parameters of a loop
;;> 88 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   nop word [rax+rax]                     ; exchange: loop
;;>   nop word [rax+rax]
;;>   nop dword [rax]
;;> L1:
;;>   cmp rsp, [r14]
;;>   jb L5
;;> L2:
;;>   cmp ecx, 1                             ; exchange: br_if 0
;;>   je L3
;;>   cmp ecx, 2
;;>   je L4
;;>   cmp ecx, 3
;;>   je L3
;;>   add ecx, -4                            ; exchange: i32.sub
;;>   test ecx, ecx                          ; exchange: br_if 0
;;>   jne L1
;;>   mov edx, eax
;;> L3:
;;>   mov eax, edx                           ; exchange: end
;;>   leave
;;>   ret
;;> L4:
;;>   mov edx, eax                           ; exchange: br_if 0
;;>   jmp L3
;;> L5:
;;>   call StackGuard                        ; exchange: loop
;;>   jmp L2

;;> == results: several results are returned in registers
;;> 9 bytes
;;>   mov r11, rdx                           ; results: (entry)
;;>   mov edx, eax
;;>   mov rax, r11
;;>   ret                                    ; results: end
