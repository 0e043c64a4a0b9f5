;; test: ir function=known passes=constant-fields,gvn,fold,branch-simplification,dce
;; test: ir function=local passes=escape-analysis,fold,branch-simplification,dce
;; test: ir function=cast-null passes=dce
;; test: ir function=exact passes=gvn,dce
;; test: code function=get tier=optimized
;; test: code function=cast tier=optimized
;; test: code function=cast-non-null tier=optimized
;; test: code function=cast-any tier=optimized
;; test: code function=branch tier=optimized
;; test: code function=new tier=baseline
;; test: code function=cast tier=baseline
;; test: code function=branch tier=baseline
;;
;; A descriptor is one more field that never changes: of a constant object it is known, of an object without memory it is a value. A cast by
;; descriptor is one load and one comparison where the reference is known to be to an object with a descriptor; of any other reference the type is
;; tested before. A test for an exact type is one comparison.
(module
  (rec
    (type $shape (sub (descriptor $shape.d) (struct (field $id i32))))
    (type $shape.d (sub (describes $shape) (struct (field $area (ref $measure)))))
    (type $circle (sub $shape (descriptor $circle.d) (struct (field $id i32) (field $radius f64))))
    (type $circle.d (sub $shape.d (describes $circle) (struct (field $area (ref $measure)))))
    (type $measure (func (param (ref $shape)) (result f64))))
  (global $circle.d (ref (exact $circle.d)) (struct.new $circle.d (ref.func $area)))
  (global $unit (ref (exact $circle)) (struct.new_desc $circle (i32.const 1) (f64.const 2) (global.get $circle.d)))
  (func $area (type $measure) (f64.const 3))

  ;; The method of a constant object is called directly, and its cast is none.
  (func $known (result f64)
    (f64.add
      (struct.get $circle $radius (ref.cast_desc_eq (ref $circle) (global.get $unit) (global.get $circle.d)))
      (call_ref $measure (global.get $unit) (struct.get $circle.d $area (ref.get_desc $circle (global.get $unit))))))

  ;; Neither the object nor its descriptor has memory, and the cast is known to succeed.
  (func $local (param $id i32) (result i32) (local $d (ref (exact $shape.d))) (local $s (ref $shape))
    (local.set $d (struct.new $shape.d (ref.func $area)))
    (local.set $s (struct.new_desc $shape (local.get $id) (local.get $d)))
    (struct.get $shape $id (ref.cast_desc_eq (ref (exact $shape)) (local.get $s) (local.get $d))))

  (func $cast-null (param $s (ref null $shape)) (param $d (ref null $circle.d)) (result (ref null $circle))
    (ref.cast_desc_eq (ref null $circle) (local.get $s) (local.get $d)))
  (func $exact (param $s (ref (exact $shape))) (param $any anyref) (result i32)
    (i32.add
      (i32.add (ref.test (ref $circle) (local.get $s)) (ref.test (ref (exact $shape)) (local.get $s)))
      (ref.test (ref (exact $shape)) (local.get $any))))
  (func $get (param $s (ref null $shape)) (result (ref $shape.d)) (ref.get_desc $shape (local.get $s)))
  (func $cast (param $s (ref null $shape)) (param $d (ref null $circle.d)) (result (ref $circle))
    (ref.cast_desc_eq (ref $circle) (local.get $s) (local.get $d)))
  (func $cast-non-null (param $s (ref $shape)) (param $d (ref $circle.d)) (result (ref $circle))
    (ref.cast_desc_eq (ref $circle) (local.get $s) (local.get $d)))
  (func $cast-any (param $s anyref) (param $d (ref (exact $circle.d))) (result (ref (exact $circle)))
    (ref.cast_desc_eq (ref (exact $circle)) (local.get $s) (local.get $d)))
  (func $branch (param $s (ref null $shape)) (param $d (ref $circle.d)) (result i32)
    (block $is (result (ref $circle))
      (br_on_cast_desc_eq $is (ref null $shape) (ref $circle) (local.get $s) (local.get $d))
      (drop)
      (return (i32.const 0)))
    (struct.get $circle $id))
  (func $new (param $id i32) (param $d (ref null (exact $shape.d))) (result (ref $shape))
    (struct.new_desc $shape (local.get $id) (local.get $d))))

;;> == ir function=known passes=constant-fields,gvn,fold,branch-simplification,dce
;;> before
;;> b0:
;;>   v0: (ref (exact type#2)) = global.get #1
;;>   v1: (ref (exact type#3)) = global.get #0
;;>   v2: (ref (exact type#3)) = struct.get type#2, descriptor, v0
;;>   v3: i32 = reference_equal v2, v1
;;>   trap_unless DescriptorCastFailure, v3
;;>   v5: f64 = struct.get type#2, #1, v0
;;>   v6: (ref (exact type#2)) = global.get #1
;;>   v7: (ref (exact type#2)) = global.get #1
;;>   v8: (ref (exact type#3)) = struct.get type#2, descriptor, v7
;;>   v9: (ref type#4) = struct.get type#3, #0, v8
;;>   v10: f64 = call_reference v9, v6
;;>   v11: f64 = f64.add v5, v10
;;>   return v11
;;> after
;;> b0:
;;>   v0: f64 = f64.const 2
;;>   v1: (ref (exact type#2)) = global.get #1
;;>   v2: f64 = call @area, v1
;;>   v3: f64 = f64.add v2, v0
;;>   return v3

;;> == ir function=local passes=escape-analysis,fold,branch-simplification,dce
;;> before
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: (ref null bot) = ref.null
;;>   v2: (ref type#4) = function_address @area
;;>   v3: (ref type#1) = new_struct type#1, v2
;;>   v4: (ref type#0) = new_struct type#0, v3, v0
;;>   v5: (ref (exact type#1)) = struct.get type#0, descriptor, v4
;;>   v6: i32 = reference_equal v5, v3
;;>   trap_unless DescriptorCastFailure, v6
;;>   v8: (ref (exact type#0)) = narrow v4
;;>   v9: i32 = struct.get type#0, #0, v8
;;>   return v9
;;> after
;;> b0:
;;>   v0: i32 = i32.const 1
;;>   v1: i32 = argument #0
;;>   trap_unless DescriptorCastFailure, v0
;;>   return v1

;;> == ir function=cast-null passes=dce
;;> before
;;> b0:
;;>   v0: (ref null type#0) = argument #0
;;>   v1: (ref null type#3) = argument #1
;;>   v2: i32 = ref.is_null v1
;;>   trap_if NullDescriptor, v2
;;>   v4: (ref type#3) = narrow v1
;;>   v5: i32 = ref.is_null v0
;;>   branch v5, b2, b1
;;> b1:
;;>   v6: (ref type#0) = narrow v0
;;>   v7: (ref type#1) = struct.get type#0, descriptor, v6
;;>   v8: i32 = reference_equal v7, v4
;;>   trap_unless DescriptorCastFailure, v8
;;>   jump b2
;;> b2:
;;>   v10: (ref null type#2) = narrow v0
;;>   return v10
;;> after
;;> b0:
;;>   v0: (ref null type#0) = argument #0
;;>   v1: (ref null type#3) = argument #1
;;>   v2: i32 = ref.is_null v1
;;>   trap_if NullDescriptor, v2
;;>   v4: (ref type#3) = narrow v1
;;>   v5: i32 = ref.is_null v0
;;>   branch v5, b2, b1
;;> b1:
;;>   v6: (ref type#0) = narrow v0
;;>   v7: (ref type#1) = struct.get type#0, descriptor, v6
;;>   v8: i32 = reference_equal v7, v4
;;>   trap_unless DescriptorCastFailure, v8
;;>   jump b2
;;> b2:
;;>   v10: (ref null type#2) = narrow v0
;;>   return v10

;;> == ir function=exact passes=gvn,dce
;;> before
;;> b0:
;;>   v0: (ref (exact type#0)) = argument #0
;;>   v1: (ref null any) = argument #1
;;>   v2: i32 = ref_test (ref type#2), v0
;;>   v3: i32 = ref_test (ref (exact type#0)), v0
;;>   v4: i32 = i32.add v2, v3
;;>   v5: i32 = ref_test (ref (exact type#0)), v1
;;>   v6: i32 = i32.add v4, v5
;;>   return v6
;;> after
;;> b0:
;;>   v0: i32 = i32.const 0
;;>   v1: i32 = i32.const 1
;;>   v2: (ref (exact type#0)) = argument #0
;;>   v3: (ref null any) = argument #1
;;>   v4: i32 = i32.add v0, v1
;;>   v5: i32 = ref_test (ref (exact type#0)), v3
;;>   v6: i32 = i32.add v4, v5
;;>   return v6

;;> == code function=get tier=optimized
;;> 16 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   mov rax, [rax+8]                       ; get: ref.get_desc 0
;;>   leave                                  ; get: end
;;>   ret

;;> == code function=cast tier=optimized
;;> 55 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   test rdx, rdx                          ; cast: ref.cast_desc_eq
;;>   je L1
;;>   test rax, rax
;;>   je L2
;;>   cmp rdx, [rax+8]
;;>   jne L3
;;>   leave                                  ; cast: end
;;>   ret
;;> L1:
;;>   call Trap                              ; cast: ref.cast_desc_eq
;;> L2:
;;>   call Trap
;;> L3:
;;>   call Trap

;;> == code function=cast-non-null tier=optimized
;;> 27 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   cmp rdx, [rax+8]                       ; cast-non-null: ref.cast_desc_eq
;;>   jne L1
;;>   leave                                  ; cast-non-null: end
;;>   ret
;;> L1:
;;>   call Trap                              ; cast-non-null: ref.cast_desc_eq

;;> == code function=cast-any tier=optimized
;;> 62 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   test rax, rax                          ; cast-any: ref.cast_desc_eq
;;>   je L1
;;>   test al, 1
;;>   jne L1
;;>   cmp dword [rax], TYPE
;;>   jne L1
;;>   cmp rdx, [rax+8]
;;>   jne L2
;;>   leave                                  ; cast-any: end
;;>   ret
;;> L1:
;;>   call Trap                              ; cast-any: ref.cast_desc_eq
;;>   int3
;;> L2:
;;>   call Trap

;;> == code function=branch tier=optimized
;;> 26 bytes
;;>   test rax, rax                          ; branch: br_on_cast_desc_eq
;;>   je L1
;;>   cmp rdx, [rax+8]
;;>   jne L1
;;>   mov eax, [rax+0x10]                    ; branch: struct.get 2 0
;;>   ret                                    ; branch: end
;;> L1:
;;>   xor eax, eax                           ; branch: return
;;>   ret

;;> == code function=new tier=baseline
;;> 121 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x28
;;>   test rdx, rdx                          ; new: struct.new_desc 0
;;>   je L3
;;> L1:
;;>   mov r11, [r14+0x10]
;;>   mov ecx, 0x18
;;>   add rcx, [r11+0x20]
;;>   cmp rcx, [r11+0x28]
;;>   ja L4
;;>   mov [r11+0x20], rcx
;;>   sub rcx, 0x18
;;>   mov r11, 0x1TYPE
;;>   mov [rcx], r11
;;>   mov [rcx+8], rdx
;;>   mov [rcx+0x10], eax
;;>   mov rax, rcx                           ; new: end
;;>   sub dword [r14+0x78], 9
;;>   js L5
;;> L2:
;;>   leave
;;>   ret
;;> L3:
;;>   call Trap                              ; new: struct.new_desc 0
;;>   int3
;;> L4:
;;>   mov r11d, 0x18
;;>   call CollectGarbage
;;>   jmp L1
;;> L5:
;;>   mov r11d, 0xa                          ; new: end
;;>   call TierUp
;;>   jmp L2

;;> == code function=cast tier=baseline
;;> 109 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x28
;;>   test rdx, rdx                          ; cast: ref.cast_desc_eq
;;>   je L4
;;>   cmp rax, 1
;;>   jb L2
;;>   test al, 1
;;>   jne L2
;;>   cmp dword [rax], TYPE
;;>   je L1
;;>   mov r11d, [rax]
;;>   shl r11, 8
;;>   add r11, [r14+0x30]
;;>   cmp dword [r11+4], TYPE
;;> L1:
;;>   jne L2
;;>   cmp [rax+8], rdx
;;> L2:
;;>   jne L5
;;>   sub dword [r14+0x68], 9                ; cast: end
;;>   js L6
;;> L3:
;;>   leave
;;>   ret
;;> L4:
;;>   call Trap                              ; cast: ref.cast_desc_eq
;;>   int3
;;> L5:
;;>   call Trap
;;>   int3
;;> L6:
;;>   mov r11d, 6                            ; cast: end
;;>   call TierUp
;;>   jmp L3

;;> == code function=branch tier=baseline
;;> 111 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x28
;;>   test rdx, rdx                          ; branch: br_on_cast_desc_eq
;;>   je L6
;;>   cmp rax, 1
;;>   jb L1
;;>   cmp [rax+8], rdx
;;> L1:
;;>   jne L2
;;>   mov rcx, rax
;;>   jmp L4
;;> L2:
;;>   xor eax, eax                           ; branch: return
;;>   sub dword [r14+0x74], 0x12
;;>   js L7
;;> L3:
;;>   leave
;;>   ret
;;> L4:
;;>   mov ecx, [rcx+0x10]                    ; branch: struct.get 2 0
;;>   mov eax, ecx                           ; branch: end
;;>   sub dword [r14+0x74], 0x18
;;>   js L8
;;> L5:
;;>   leave
;;>   ret
;;> L6:
;;>   call Trap                              ; branch: br_on_cast_desc_eq
;;>   int3
;;> L7:
;;>   mov r11d, 9                            ; branch: return
;;>   call TierUp
;;>   jmp L3
;;> L8:
;;>   mov r11d, 9                            ; branch: end
;;>   call TierUp
;;>   jmp L5
