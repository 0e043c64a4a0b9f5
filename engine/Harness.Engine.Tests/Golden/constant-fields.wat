;; test: ir function=f passes=constant-fields,dce
;; test: ir function=made passes=constant-fields,dce
;; test: ir function=tail passes=constant-fields,dce
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
      (struct.get $object $value (local.get $object))))
  (func $tail (param $x i32) (result i32)
    (return_call_ref $method (local.get $x) (struct.get $table $first (global.get $methods)))))
