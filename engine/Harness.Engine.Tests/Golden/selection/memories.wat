;; rules: code tier=optimized
;;
;; What an access to a memory checks and where it finds the memory; globals and tables.
(module
  (global $shared (import "" "g") (mut i32))
  (memory $small 1)
  (memory $second 1 10)
  (memory $long i64 1)
  (table $fixed 4 4 funcref)
  (table $growing 4 funcref)
  (table $objects 4 anyref)
  (global $i (mut i32) (i32.const 5))
  (global $d (mut f64) (f64.const 5))
  (global $r (mut anyref) (ref.null any))
  (global $constant i32 (i32.const 42))
  ;; rule: guard pages check a 32-bit address
  (func $guarded (param $p i32) (result i32) (i32.load offset=8 (local.get $p)))
  ;; rule: another memory than the first has its base in the instance's data
  (func $second (param $p i32) (result i32) (i32.load $second (local.get $p)))
  ;; rule: a 64-bit address is compared with the memory's length
  (func $long (param $p i64) (result i32) (i32.load $long offset=8 (local.get $p)))
  ;; rule: two accesses to a 64-bit memory at one address are checked both
  (func $long-twice (param $p i64) (result i32) (i32.add (i32.load $long (local.get $p)) (i32.load $long offset=4 (local.get $p))))
  ;; rule: a size in pages is the length shifted
  (func $size (result i32) (memory.size $small))
  ;; rule: a size of a 64-bit memory
  (func $size-long (result i64) (memory.size $long))
  ;; rule: a size compared with a constant
  (func $size-compare (result i32) (i32.lt_u (memory.size $small) (i32.const 2)))
  ;; rule: growing calls the runtime, and the memory's base is loaded again
  (func $grow (param $p i32) (result i32) (drop (memory.grow $small (i32.const 1))) (i32.load $small (local.get $p)))
  ;; rule: filling calls the runtime
  (func $fill (param $p i32) (param $n i32) (memory.fill $small (local.get $p) (i32.const 0) (local.get $n)))
  ;; rules: code tier=optimized memory.guard-pages=off
  ;; rule: without guard pages an address is compared with the memory's length
  (func $checked (param $p i32) (result i32) (i32.load $small offset=8 (local.get $p)))
  ;; rule: without guard pages a constant address is compared, too
  (func $checked-constant (result i32) (i32.load $small offset=8 (i32.const 16)))
  ;; rule: without guard pages each of two accesses at one address is checked
  (func $checked-twice (param $p i32) (result i32) (i32.add (i32.load $small (local.get $p)) (i32.load $small offset=4 (local.get $p))))
  ;; rule: without guard pages a store is checked before it writes
  (func $checked-store (param $p i32) (param $x i64) (i64.store $small (local.get $p) (local.get $x)))
  ;; rules: code tier=optimized
  ;; rule: a global is a word of the instance's data
  (func $global (result i32) (global.get $i))
  ;; rule: a global is loaded before it is an operand
  (func $global-add (param $x i32) (result i32) (i32.add (local.get $x) (global.get $i)))
  ;; rule: a constant is stored in a global
  (func $global-set-constant (global.set $i (i32.const 7)))
  ;; rules: code tier=optimized needs=avx
  ;; rule: a float in a global
  (func $global-float (result f64) (global.get $d))
  ;; rules: code tier=optimized
  ;; rule: a reference in a global needs no barrier, since globals are roots
  (func $global-reference (param $x anyref) (global.set $r (local.get $x)))
  ;; rule: an imported global is reached by a pointer
  (func $global-imported (result i32) (global.get $shared))
  ;; rule: an imported global is assigned by a pointer
  (func $global-imported-set (param $x i32) (global.set $shared (local.get $x)))
  ;; rule: a global that never changes is read from the instance
  (func $global-constant (result i32) (global.get $constant))
  ;; rule: a global that is read twice is read once
  (func $global-twice (result i32) (i32.mul (global.get $i) (global.get $i)))
  ;; rule: an index of a table that cannot grow is compared with a constant
  (func $table-fixed (param $i i32) (result funcref) (table.get $fixed (local.get $i)))
  ;; rule: an index of a table that can grow is compared with its length
  (func $table-growing (param $i i32) (result funcref) (table.get $growing (local.get $i)))
  ;; rule: a constant index of a table that cannot grow is not compared
  (func $table-constant (result funcref) (table.get $fixed (i32.const 3)))
  ;; rule: a function stored in a table needs no card
  (func $table-set-function (param $i i32) (param $f funcref) (table.set $fixed (local.get $i) (local.get $f)))
  ;; rule: an object stored in a table marks a card
  (func $table-set-object (param $i i32) (param $x anyref) (table.set $objects (local.get $i) (local.get $x)))
  ;; rule: null stored in a table marks no card
  (func $table-set-null (param $i i32) (table.set $objects (local.get $i) (ref.null any)))
  ;; rule: the size of a table that can grow
  (func $table-size (result i32) (table.size $growing))
  ;; rule: the size of a table that cannot grow is a constant
  (func $table-size-fixed (result i32) (table.size $fixed)))

;;> == guarded: guard pages check a 32-bit address
;;> 17 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   mov eax, [r15+rax+8]                   ; guarded: i32.load offset=8
;;>   leave                                  ; guarded: end
;;>   ret

;;> == second: another memory than the first has its base in the instance's data
;;> 19 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   mov rcx, [r14+0x50]                    ; second: i32.load 1
;;>   mov eax, [rcx+rax]
;;>   leave                                  ; second: end
;;>   ret

;;> == long: a 64-bit address is compared with the memory's length
;;> 48 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   mov r11, rax                           ; long: i32.load 2 offset=8
;;>   add r11, 0xc
;;>   jb L1
;;>   cmp r11, [r14+0x68]
;;>   ja L1
;;>   mov rcx, [r14+0x60]
;;>   mov eax, [rcx+rax+8]
;;>   leave                                  ; long: end
;;>   ret
;;> L1:
;;>   call Trap                              ; long: i32.load 2 offset=8

;;> == long-twice: two accesses to a 64-bit memory at one address are checked both
;;> 85 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   mov r11, rax                           ; long-twice: i32.load 2
;;>   add r11, 4
;;>   jb L1
;;>   cmp r11, [r14+0x68]
;;>   ja L1
;;>   mov rcx, [r14+0x60]
;;>   mov ecx, [rcx+rax]
;;>   mov r11, rax                           ; long-twice: i32.add
;;>   add r11, 8
;;>   jb L2
;;>   cmp r11, [r14+0x68]
;;>   ja L2
;;>   mov rdx, [r14+0x60]
;;>   add ecx, [rdx+rax+4]
;;>   mov eax, ecx                           ; long-twice: end
;;>   leave
;;>   ret
;;> L1:
;;>   call Trap                              ; long-twice: i32.load 2
;;> L2:
;;>   call Trap                              ; long-twice: i32.add

;;> == size: a size in pages is the length shifted
;;> 11 bytes
;;>   mov rax, [r14+0x48]                    ; size: memory.size 0
;;>   shr rax, 0x10
;;>   mov eax, eax
;;>   ret                                    ; size: end

;;> == size-long: a size of a 64-bit memory
;;> 9 bytes
;;>   mov rax, [r14+0x68]                    ; size-long: memory.size 2
;;>   shr rax, 0x10
;;>   ret                                    ; size-long: end

;;> == size-compare: a size compared with a constant
;;> 20 bytes
;;>   mov rax, [r14+0x48]                    ; size-compare: memory.size 0
;;>   shr rax, 0x10
;;>   mov eax, eax
;;>   cmp eax, 2                             ; size-compare: i32.lt_u
;;>   setb al
;;>   movzx eax, al
;;>   ret                                    ; size-compare: end

;;> == grow: growing calls the runtime, and the memory's base is loaded again
;;> 55 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x18
;;>   cmp rsp, [r14]
;;>   jb L2
;;> L1:
;;>   mov [rbp-0x10], rax                    ; grow: (entry)
;;>   xor esi, esi                           ; grow: memory.grow 0
;;>   mov edx, 1
;;>   mov rdi, r14
;;>   mov rax, [r14+0x18]
;;>   call qword [rax]
;;>   mov eax, [rbp-0x10]                    ; grow: i32.load
;;>   mov eax, [r15+rax]
;;>   leave                                  ; grow: end
;;>   ret
;;> L2:
;;>   call StackGuard                        ; grow: (entry)
;;>   jmp L1

;;> == fill: filling calls the runtime
;;> 62 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   cmp rsp, [r14]
;;>   jb L2
;;> L1:
;;>   mov r8d, edx                           ; fill: (entry)
;;>   mov edx, eax
;;>   xor esi, esi                           ; fill: memory.fill 0
;;>   xor ecx, ecx
;;>   mov rdi, r14
;;>   mov rax, [r14+0x18]
;;>   call qword [rax+8]
;;>   mov eax, eax
;;>   test eax, eax
;;>   jne L3
;;>   leave                                  ; fill: end
;;>   ret
;;> L2:
;;>   call StackGuard                        ; fill: (entry)
;;>   jmp L1
;;> L3:
;;>   call Trap                              ; fill: memory.fill 0

;;> == checked: without guard pages an address is compared with the memory's length
;;> 45 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   mov r11, rax                           ; checked: i32.load offset=8
;;>   add r11, 0xc
;;>   jb L1
;;>   cmp r11, [r14+0x48]
;;>   ja L1
;;>   mov eax, [r15+rax+8]
;;>   leave                                  ; checked: end
;;>   ret
;;> L1:
;;>   call Trap                              ; checked: i32.load offset=8

;;> == checked-constant: without guard pages a constant address is compared, too
;;> 49 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   mov eax, 0x10                          ; checked-constant: i32.load offset=8
;;>   mov r11, rax
;;>   add r11, 0xc
;;>   jb L1
;;>   cmp r11, [r14+0x48]
;;>   ja L1
;;>   mov eax, [r15+0x18]
;;>   leave                                  ; checked-constant: end
;;>   ret
;;> L1:
;;>   call Trap                              ; checked-constant: i32.load offset=8

;;> == checked-twice: without guard pages each of two accesses at one address is checked
;;> 79 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   mov r11, rax                           ; checked-twice: i32.load
;;>   add r11, 4
;;>   jb L1
;;>   cmp r11, [r14+0x48]
;;>   ja L1
;;>   mov ecx, [r15+rax]
;;>   mov r11, rax                           ; checked-twice: i32.add
;;>   add r11, 8
;;>   jb L2
;;>   cmp r11, [r14+0x48]
;;>   ja L2
;;>   add ecx, [r15+rax+4]
;;>   mov eax, ecx                           ; checked-twice: end
;;>   leave
;;>   ret
;;> L1:
;;>   call Trap                              ; checked-twice: i32.load
;;> L2:
;;>   call Trap                              ; checked-twice: i32.add

;;> == checked-store: without guard pages a store is checked before it writes
;;> 44 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   mov r11, rax                           ; checked-store: i64.store
;;>   add r11, 8
;;>   jb L1
;;>   cmp r11, [r14+0x48]
;;>   ja L1
;;>   mov [r15+rax], rdx
;;>   leave                                  ; checked-store: end
;;>   ret
;;> L1:
;;>   call Trap                              ; checked-store: i64.store

;;> == global: a global is a word of the instance's data
;;> 8 bytes
;;>   mov eax, [r14+0xc0]                    ; global: global.get 1
;;>   ret                                    ; global: end

;;> == global-add: a global is loaded before it is an operand
;;> 10 bytes
;;>   mov ecx, [r14+0xc0]                    ; global-add: global.get 1
;;>   add eax, ecx                           ; global-add: i32.add
;;>   ret                                    ; global-add: end

;;> == global-set-constant: a constant is stored in a global
;;> 12 bytes
;;>   mov dword [r14+0xc0], 7                ; global-set-constant: global.set 1
;;>   ret                                    ; global-set-constant: end

;;> == global-float: a float in a global
;;> 10 bytes
;;>   vmovsd xmm0, [r14+0xc8]                ; global-float: global.get 2
;;>   ret                                    ; global-float: end

;;> == global-reference: a reference in a global needs no barrier, since globals are roots
;;> 8 bytes
;;>   mov [r14+0xd0], rax                    ; global-reference: global.set 3
;;>   ret                                    ; global-reference: end

;;> == global-imported: an imported global is reached by a pointer
;;> 10 bytes
;;>   mov rax, [r14+0xb8]                    ; global-imported: global.get 0
;;>   mov eax, [rax]
;;>   ret                                    ; global-imported: end

;;> == global-imported-set: an imported global is assigned by a pointer
;;> 10 bytes
;;>   mov rcx, [r14+0xb8]                    ; global-imported-set: global.set 0
;;>   mov [rcx], eax
;;>   ret                                    ; global-imported-set: end

;;> == global-constant: a global that never changes is read from the instance
;;> 8 bytes
;;>   mov eax, [r14+0xd8]                    ; global-constant: global.get 4
;;>   ret                                    ; global-constant: end

;;> == global-twice: a global that is read twice is read once
;;> 11 bytes
;;>   mov eax, [r14+0xc0]                    ; global-twice: global.get 1
;;>   imul eax, eax                          ; global-twice: i32.mul
;;>   ret                                    ; global-twice: end

;;> == table-fixed: an index of a table that cannot grow is compared with a constant
;;> 34 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   cmp eax, 4                             ; table-fixed: table.get 0
;;>   jae L1
;;>   mov rcx, [r14+0x70]
;;>   mov rax, [rcx+rax*8]
;;>   leave                                  ; table-fixed: end
;;>   ret
;;> L1:
;;>   call Trap                              ; table-fixed: table.get 0

;;> == table-growing: an index of a table that can grow is compared with its length
;;> 41 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   cmp eax, [r14+0x90]                    ; table-growing: table.get 1
;;>   jae L1
;;>   mov rcx, [r14+0x88]
;;>   mov rax, [rcx+rax*8]
;;>   leave                                  ; table-growing: end
;;>   ret
;;> L1:
;;>   call Trap                              ; table-growing: table.get 1

;;> == table-constant: a constant index of a table that cannot grow is not compared
;;> 9 bytes
;;>   mov rax, [r14+0x70]                    ; table-constant: table.get 0
;;>   mov rax, [rax+0x18]
;;>   ret                                    ; table-constant: end

;;> == table-set-function: a function stored in a table needs no card
;;> 34 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   cmp eax, 4                             ; table-set-function: table.set 0
;;>   jae L1
;;>   mov rcx, [r14+0x70]
;;>   mov [rcx+rax*8], rdx
;;>   leave                                  ; table-set-function: end
;;>   ret
;;> L1:
;;>   call Trap                              ; table-set-function: table.set 0

;;> == table-set-object: an object stored in a table marks a card
;;> 56 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   cmp eax, [r14+0xa8]                    ; table-set-object: table.set 2
;;>   jae L1
;;>   mov rcx, [r14+0xa0]
;;>   mov [rcx+rax*8], rdx
;;>   mov rcx, [r14+0xb0]
;;>   shr rax, 6
;;>   mov byte [rcx+rax], 1
;;>   leave                                  ; table-set-object: end
;;>   ret
;;> L1:
;;>   call Trap                              ; table-set-object: table.set 2

;;> == table-set-null: null stored in a table marks no card
;;> 45 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   cmp eax, [r14+0xa8]                    ; table-set-null: table.set 2
;;>   jae L1
;;>   mov rcx, [r14+0xa0]
;;>   mov qword [rcx+rax*8], 0
;;>   leave                                  ; table-set-null: end
;;>   ret
;;> L1:
;;>   call Trap                              ; table-set-null: table.set 2

;;> == table-size: the size of a table that can grow
;;> 8 bytes
;;>   mov eax, [r14+0x90]                    ; table-size: table.size 1
;;>   ret                                    ; table-size: end

;;> == table-size-fixed: the size of a table that cannot grow is a constant
;;> 6 bytes
;;>   mov eax, 4                             ; table-size-fixed: end
;;>   ret
