;; test: ir function=sum after=build
;; test: ir function=area after=build
;; test: ir function=convert after=build
;;
;; Structures, arrays, and references of all kinds as the builder makes them.
(module
  (type $shape (sub (struct (field $id (mut i32)) (field $tag i8))))
  (type $square (sub $shape (struct (field $id (mut i32)) (field $tag i8) (field $side (mut f64)))))
  (type $circle (sub $shape (struct (field $id (mut i32)) (field $tag i8) (field $radius f64))))
  (type $numbers (array (mut i16)))
  (func $sum (param $n i32) (result i32) (local $a (ref null $numbers)) (local $sum i32)
    (local.set $a (array.new $numbers (i32.const 7) (local.get $n)))
    (array.set $numbers (local.get $a) (i32.const 0) (i32.const 1))
    (array.fill $numbers (local.get $a) (i32.const 1) (i32.const 3) (i32.const 2))
    (array.copy $numbers $numbers (local.get $a) (i32.const 0)
      (array.new_default $numbers (i32.const 2)) (i32.const 0) (i32.const 2))
    (loop $next
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (local.set $sum (i32.add (local.get $sum) (array.get_s $numbers (local.get $a) (local.get $n))))
      (br_if $next (local.get $n)))
    (local.get $sum))
  (func $area (param $shape (ref null $shape)) (result f64)
    (struct.set $shape $id (local.get $shape) (struct.get_u $shape $tag (local.get $shape)))
    (block $circle (result (ref $circle))
      (block $null
        (br_on_cast $circle (ref $shape) (ref $circle) (br_on_null $null (local.get $shape)))
        (struct.get $square $side (ref.cast (ref $square)))
        (return))
      (return (f64.const 0)))
    (struct.get $circle $radius))
  (func $convert (param $x externref) (result i32)
    (block $i31 (result (ref i31))
      (br_on_cast $i31 anyref (ref i31) (any.convert_extern (local.get $x)))
      (return (ref.eq (ref.cast (ref null eq)) (struct.new $circle (i32.const 1) (i32.const 2) (f64.const 3)))))
    i31.get_s))

;;> == ir function=sum after=build
;;> after build
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: (ref null bot) = ref.null
;;>   v2: i32 = i32.const 0
;;>   v3: i32 = i32.const 7
;;>   v4: (ref type#3) = new_array type#3, v3, v0
;;>   v5: i32 = i32.const 1
;;>   v6: i32 = array.len v4
;;>   v7: i32 = i32.lt_u v2, v6
;;>   trap_unless ArrayOutOfBounds, v7
;;>   array.set type#3, v4, v2, v5
;;>   v10: i32 = i32.const 3
;;>   v11: i32 = i32.const 2
;;>   v12: i64 = i64.extend_i32_u v11
;;>   v13: i64 = i64.extend_i32_u v5
;;>   v14: i32 = call_builtin @ArrayFill, v4, v13, v10, v12
;;>   trap_if Pending, v14
;;>   v16: (ref type#3) = new_array type#3, v2, v11
;;>   v17: i64 = i64.extend_i32_u v11
;;>   v18: i64 = i64.extend_i32_u v2
;;>   v19: i64 = i64.extend_i32_u v2
;;>   v20: i32 = call_builtin @ArrayCopy, v4, v19, v16, v18, v17
;;>   trap_if Pending, v20
;;>   jump b1(v0, v2)
;;> b1(v22: i32, v23: i32):  ; loop
;;>   loop_stack_check
;;>   v25: i32 = i32.sub v22, v5
;;>   v26: i32 = array.len v4
;;>   v27: i32 = i32.lt_u v25, v26
;;>   trap_unless ArrayOutOfBounds, v27
;;>   v29: i32 = array.get_s type#3, v4, v25
;;>   v30: i32 = i32.add v23, v29
;;>   branch v25, b1(v25, v30), b2
;;> b2:
;;>   return v30

;;> == ir function=area after=build
;;> after build
;;> b0:
;;>   v0: (ref null type#0) = argument #0
;;>   v1: i32 = struct.get_u type#0, #1, v0
;;>   struct.set type#0, #0, v0, v1
;;>   v3: i32 = ref.is_null v0
;;>   v4: f64 = f64.const 0
;;>   branch v3, b1, b2
;;> b1:
;;>   return v4
;;> b2:
;;>   v5: (ref type#0) = narrow v0
;;>   v6: i32 = ref_test (ref type#2), v5
;;>   branch v6, b3, b4
;;> b3:
;;>   v7: (ref type#2) = narrow v5
;;>   v8: f64 = struct.get type#2, #2, v7
;;>   return v8
;;> b4:
;;>   v9: (ref type#1) = ref_cast v5
;;>   v10: f64 = struct.get type#1, #2, v9
;;>   return v10

;;> == ir function=convert after=build
;;> after build
;;> b0:
;;>   v0: (ref null extern) = argument #0
;;>   v1: (ref null any) = narrow v0
;;>   v2: i32 = ref_test (ref i31), v1
;;>   v3: i32 = i32.const 1
;;>   v4: i32 = i32.const 2
;;>   v5: f64 = f64.const 3
;;>   branch v2, b1, b2
;;> b1:
;;>   v6: (ref i31) = narrow v1
;;>   v7: i32 = i31.get_s v6
;;>   return v7
;;> b2:
;;>   v8: (ref null eq) = ref_cast v1
;;>   v9: (ref type#2) = new_struct type#2, v3, v4, v5
;;>   v10: i32 = reference_equal v8, v9
;;>   return v10
