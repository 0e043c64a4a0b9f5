;; test: ir function=fields passes=gvn
;; test: ir function=fresh passes=gvn
;; test: ir function=casts passes=gvn
;; test: ir function=sum after=end
;;
;; Loads of fields and elements: one place does not change by a store to another; a call changes what is mutable. Behind a check
;; a reference is known by what the check has established.
(module
  (type $shape (sub (struct (field $id (mut i32)) (field $tag i8) (field $next (mut (ref null $shape))))))
  (type $square (sub $shape (struct (field $id (mut i32)) (field $tag i8) (field $next (mut (ref null $shape))) (field $side (mut i32)))))
  (type $other (sub final (struct (field $id (mut i32)))))
  (type $numbers (array (mut i32)))
  (import "" "f" (func $f))
  (func $fields (param $s (ref null $square)) (param $o (ref $other)) (result i32)
    (struct.set $shape $id (local.get $s) (i32.const 1))
    (struct.set $square $side (local.get $s) (struct.get_s $shape $tag (local.get $s)))
    (struct.set $other $id (local.get $o) (i32.const 2))
    (i32.add
      (i32.add (struct.get $square $id (local.get $s)) (struct.get_s $square $tag (local.get $s)))
      (block (result i32)
        (call $f)
        (i32.add (struct.get $square $id (local.get $s)) (struct.get_s $square $tag (local.get $s))))))
  (func $fresh (param $x i32) (result i32) (local $s (ref $square))
    (local.set $s (struct.new $square (local.get $x) (i32.const 300) (ref.null none) (i32.const 5)))
    (i32.add
      (struct.get_s $shape $tag (local.get $s))
      (i32.add (struct.get $square $id (local.get $s)) (array.len (array.new $numbers (i32.const 1) (local.get $x))))))
  (func $casts (param $a anyref) (result i32)
    (if (ref.test (ref $shape) (local.get $a))
      (then
        (if (ref.test (ref $other) (local.get $a)) (then (return (i32.const 1))))
        (if (ref.test (ref null eq) (local.get $a)) (then (return (struct.get $shape $id (ref.cast (ref $shape) (local.get $a))))))))
    (drop (ref.cast (ref null $square) (local.get $a)))
    (struct.set $shape $id (ref.cast (ref null $shape) (local.get $a)) (i32.const 1))
    (ref.is_null (local.get $a)))
  (func $sum (param $a (ref null $numbers)) (result i32) (local $i i32) (local $sum i32)
    (loop $next
      (local.set $sum (i32.add (local.get $sum) (array.get $numbers (local.get $a) (local.get $i))))
      (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (array.len (local.get $a)))))
    (local.get $sum)))

;;> == ir function=fields passes=gvn
;;> before
;;> b0:
;;>   v0: (ref null type#1) = argument #0
;;>   v1: (ref type#2) = argument #1
;;>   v2: i32 = i32.const 1
;;>   struct.set type#0, #0, v0, v2
;;>   v4: i32 = struct.get_s type#0, #1, v0
;;>   struct.set type#1, #3, v0, v4
;;>   v6: i32 = i32.const 2
;;>   struct.set type#2, #0, v1, v6
;;>   v8: i32 = struct.get type#1, #0, v0
;;>   v9: i32 = struct.get_s type#1, #1, v0
;;>   v10: i32 = i32.add v8, v9
;;>   call @f
;;>   v12: i32 = struct.get type#1, #0, v0
;;>   v13: i32 = struct.get_s type#1, #1, v0
;;>   v14: i32 = i32.add v12, v13
;;>   v15: i32 = i32.add v10, v14
;;>   return v15
;;> after
;;> b0:
;;>   v0: (ref null type#1) = argument #0
;;>   v1: (ref type#2) = argument #1
;;>   v2: i32 = i32.const 1
;;>   struct.set type#0, #0, v0, v2
;;>   v4: (ref type#1) = narrow v0
;;>   v5: i32 = struct.get_s type#0, #1, v4
;;>   struct.set type#1, #3, v4, v5
;;>   v7: i32 = i32.const 2
;;>   struct.set type#2, #0, v1, v7
;;>   v9: i32 = i32.add v2, v5
;;>   call @f
;;>   v11: i32 = struct.get type#1, #0, v4
;;>   v12: i32 = i32.add v11, v5
;;>   v13: i32 = i32.add v9, v12
;;>   return v13

;;> == ir function=fresh passes=gvn
;;> before
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: (ref null bot) = ref.null
;;>   v2: i32 = i32.const 300
;;>   v3: i32 = i32.const 5
;;>   v4: (ref type#1) = new_struct type#1, v0, v2, v1, v3
;;>   v5: i32 = struct.get_s type#0, #1, v4
;;>   v6: i32 = struct.get type#1, #0, v4
;;>   v7: i32 = i32.const 1
;;>   v8: (ref type#3) = new_array type#3, v7, v0
;;>   v9: i32 = array.len v8
;;>   v10: i32 = i32.add v6, v9
;;>   v11: i32 = i32.add v5, v10
;;>   return v11
;;> after
;;> b0:
;;>   v0: i32 = i32.const 44
;;>   v1: i32 = argument #0
;;>   v2: (ref null bot) = ref.null
;;>   v3: i32 = i32.const 300
;;>   v4: i32 = i32.const 5
;;>   v5: (ref type#1) = new_struct type#1, v1, v3, v2, v4
;;>   v6: i32 = i32.const 1
;;>   v7: (ref type#3) = new_array type#3, v6, v1
;;>   v8: i32 = i32.add v1, v1
;;>   v9: i32 = i32.add v0, v8
;;>   return v9

;;> == ir function=casts passes=gvn
;;> before
;;> b0:
;;>   v0: (ref null any) = argument #0
;;>   v1: i32 = ref_test (ref type#0), v0
;;>   v2: i32 = i32.const 1
;;>   branch v1, b1, b6
;;> b1:
;;>   v3: i32 = ref_test (ref type#2), v0
;;>   branch v3, b2, b3
;;> b2:
;;>   return v2
;;> b3:
;;>   v4: i32 = ref_test (ref null eq), v0
;;>   branch v4, b4, b5
;;> b4:
;;>   v5: (ref type#0) = ref_cast v0
;;>   v6: i32 = struct.get type#0, #0, v5
;;>   return v6
;;> b5:
;;>   jump b7
;;> b6:
;;>   jump b7
;;> b7:
;;>   v7: (ref null type#1) = ref_cast v0
;;>   v8: (ref null type#0) = ref_cast v0
;;>   struct.set type#0, #0, v8, v2
;;>   v10: i32 = ref.is_null v0
;;>   return v10
;;> after
;;> b0:
;;>   v0: i32 = i32.const 0
;;>   v1: i32 = i32.const 1
;;>   v2: (ref null any) = argument #0
;;>   v3: i32 = ref_test (ref type#0), v2
;;>   v4: i32 = i32.const 1
;;>   branch v3, b1, b4
;;> b1:
;;>   v5: (ref type#0) = narrow v2
;;>   jump b2
;;> b2:
;;>   jump b3
;;> b3:
;;>   v6: i32 = struct.get type#0, #0, v5
;;>   return v6
;;> b4:
;;>   jump b5
;;> b5:
;;>   v7: (ref null type#1) = ref_cast v2
;;>   struct.set type#0, #0, v7, v4
;;>   v9: (ref type#1) = narrow v7
;;>   return v0

;;> == ir function=sum after=end
;;> at the end
;;> b0:
;;>   v0: i32 = i32.const 1
;;>   v1: i32 = i32.const 2
;;>   v2: i32 = i32.const 3
;;>   v3: i32 = i32.const 4
;;>   v4: (ref null type#3) = argument #0
;;>   v5: i32 = i32.const 0
;;>   v6: i32 = i32.const 1
;;>   loop_stack_check
;;>   v8: i32 = array.len v4
;;>   v9: (ref type#3) = narrow v4
;;>   v10: i32 = i32.ne v8, v5
;;>   trap_unless ArrayOutOfBounds, v10
;;>   v12: i32 = array.get type#3, v9, v5
;;>   v13: i32 = i32.gt_u v8, v0
;;>   branch v13, b1(v0, v12), b5(v12)
;;> b1(v14: i32, v15: i32):  ; loop
;;>   loop_stack_check
;;>   v17: i32 = array.get type#3, v9, v14
;;>   v18: i32 = i32.add v15, v17
;;>   v19: i32 = i32.add v14, v6
;;>   v20: i32 = i32.lt_u v19, v8
;;>   branch v20, b2, b5(v18)
;;> b2:
;;>   v21: i32 = array.get type#3, v9, v19
;;>   v22: i32 = i32.add v18, v21
;;>   v23: i32 = i32.add v14, v1
;;>   v24: i32 = i32.lt_u v23, v8
;;>   branch v24, b3, b5(v22)
;;> b3:
;;>   v25: i32 = array.get type#3, v9, v23
;;>   v26: i32 = i32.add v22, v25
;;>   v27: i32 = i32.add v14, v2
;;>   v28: i32 = i32.lt_u v27, v8
;;>   branch v28, b4, b5(v26)
;;> b4:
;;>   v29: i32 = array.get type#3, v9, v27
;;>   v30: i32 = i32.add v26, v29
;;>   v31: i32 = i32.add v14, v3
;;>   v32: i32 = i32.lt_u v31, v8
;;>   branch v32, b1(v31, v30), b5(v30)
;;> b5(v33: i32):
;;>   return v33
