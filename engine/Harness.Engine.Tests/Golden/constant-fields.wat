;; test: ir function=f passes=constant-fields,dce
;; test: ir function=made passes=constant-fields,dce
;;
;; A method table in an immutable global: its immutable fields are known, so that a call through one is direct. A mutable field
;; may have changed. Of an object that the function makes itself, immutable fields are what they were given.
(module
  (type $method (func (param i32) (result i32)))
  (rec
    (type $table (struct (field $first (ref $method)) (field $second (mut (ref $method))) (field $id i8)))
    (type $object (struct (field $methods (ref $table)) (field $value (mut i32)))))
  (type $numbers (array i32))
  (func $increment (type $method) (i32.add (local.get 0) (i32.const 1)))
  (global $methods (ref $table) (struct.new $table (ref.func $increment) (ref.func $increment) (i32.const 200)))
  (global $alias (ref $table) (global.get $methods))
  (global $primes (ref $numbers) (array.new_fixed $numbers 3 (i32.const 2) (i32.const 3) (i32.const 5)))
  (func $f (param $x i32) (result i32)
    (call_ref $method
      (call_ref $method
        (i32.add (struct.get_s $table $id (global.get $alias)) (array.get $numbers (global.get $primes) (i32.const 2)))
        (struct.get $table $first (global.get $alias)))
      (struct.get $table $second (global.get $methods))))
  (func $made (param $x i32) (result i32) (local $object (ref $object))
    (local.set $object (struct.new $object (global.get $methods) (local.get $x)))
    (i32.add
      (call_ref $method (local.get $x)
        (struct.get $table $first (struct.get $object $methods (local.get $object))))
      (struct.get $object $value (local.get $object)))))

;;> == ir function=f passes=constant-fields,dce
;;> before
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: (ref type#1) = global.get #1
;;>   v2: i32 = struct.get_s type#1, #2, v1
;;>   v3: (ref type#3) = global.get #2
;;>   v4: i32 = i32.const 2
;;>   v5: i32 = array.len v3
;;>   v6: i32 = i32.lt_u v4, v5
;;>   trap_unless ArrayOutOfBounds, v6
;;>   v8: i32 = array.get type#3, v3, v4
;;>   v9: i32 = i32.add v2, v8
;;>   v10: (ref type#1) = global.get #1
;;>   v11: (ref type#0) = struct.get type#1, #0, v10
;;>   v12: i32 = call_reference v11, v9
;;>   v13: (ref type#1) = global.get #0
;;>   v14: (ref type#0) = struct.get type#1, #1, v13
;;>   v15: i32 = call_reference v14, v12
;;>   return v15
;;> after
;;> b0:
;;>   v0: i32 = i32.const -56
;;>   v1: i32 = i32.const 3
;;>   v2: i32 = i32.const 5
;;>   v3: i32 = argument #0
;;>   v4: i32 = i32.const 2
;;>   v5: i32 = i32.lt_u v4, v1
;;>   trap_unless ArrayOutOfBounds, v5
;;>   v7: i32 = i32.add v0, v2
;;>   v8: i32 = call @increment, v7
;;>   v9: (ref type#1) = global.get #0
;;>   v10: (ref type#0) = struct.get type#1, #1, v9
;;>   v11: i32 = call_reference v10, v8
;;>   return v11

;;> == ir function=made passes=constant-fields,dce
;;> before
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: (ref null bot) = ref.null
;;>   v2: (ref type#1) = global.get #0
;;>   v3: (ref type#2) = new_struct type#2, v2, v0
;;>   v4: (ref type#1) = struct.get type#2, #0, v3
;;>   v5: (ref type#0) = struct.get type#1, #0, v4
;;>   v6: i32 = call_reference v5, v0
;;>   v7: i32 = struct.get type#2, #1, v3
;;>   v8: i32 = i32.add v6, v7
;;>   return v8
;;> after
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: (ref type#1) = global.get #0
;;>   v2: (ref type#2) = new_struct type#2, v1, v0
;;>   v3: i32 = call @increment, v0
;;>   v4: i32 = struct.get type#2, #1, v2
;;>   v5: i32 = i32.add v3, v4
;;>   return v5
