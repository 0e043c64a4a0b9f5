;; test: ir function=local passes=escape-analysis,fold,branch-simplification,dce
;; test: ir function=iterator passes=escape-analysis,fold,branch-simplification,dce
;; test: ir function=accumulator passes=escape-analysis,fold,branch-simplification,dce
;; test: ir function=partly passes=escape-analysis,fold,branch-simplification,dce
;; test: ir function=late passes=escape-analysis,fold,branch-simplification,dce
;; test: ir function=tuple passes=fold,escape-analysis,fold,branch-simplification,gvn,dce
;; test: ir function=speculating passes=escape-analysis,fold,branch-simplification,dce
;; feedback: speculating@0 -> next:1000000
;;
;; Objects that nobody else sees have no memory: their fields are values, around loops too. What escapes on one path is allocated
;; there. A frame state describes objects for the deopt to make; one that two places refer to is described as one.
(module
  (type $box (sub (struct (field $value (mut i64)))))
  (type $range (struct (field $at (mut i32)) (field $end i32)))
  (type $bytes (array (mut i8)))
  (type $link (struct (field $box (ref $box)) (field $same (ref null $box))))
  (type $step (func (param i32) (result i32)))
  (import "host" "take" (func $take (param (ref $box))))
  (global $kept (mut (ref null $box)) (ref.null $box))
  (table 1 funcref)
  (elem declare func $next)
  (func $next (type $step) (i32.add (local.get 0) (i32.const 1)))

  (func $local (param $x i64) (result i64) (local $box (ref null $box))
    (local.set $box (struct.new $box (local.get $x)))
    (struct.set $box $value (local.get $box) (i64.add (struct.get $box $value (local.get $box)) (i64.const 1)))
    (if (result i64) (ref.test (ref $box) (local.get $box))
      (then (struct.get $box $value (ref.cast (ref $box) (local.get $box))))
      (else (call $take (ref.as_non_null (local.get $box))) (i64.const 0))))

  (func $iterator (param $n i32) (result i32) (local $range (ref $range)) (local $sum i32)
    (local.set $range (struct.new $range (i32.const 0) (local.get $n)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_s (struct.get $range $at (local.get $range)) (struct.get $range $end (local.get $range))))
        (local.set $sum (i32.add (local.get $sum) (struct.get $range $at (local.get $range))))
        (struct.set $range $at (local.get $range) (i32.add (struct.get $range $at (local.get $range)) (i32.const 1)))
        (br $next)))
    (local.get $sum))

  (func $accumulator (param $n i32) (result i64) (local $box (ref $box))
    (local.set $box (struct.new $box (i64.const 0)))
    (loop $next
      (local.set $box (struct.new $box
        (i64.add (struct.get $box $value (local.get $box)) (i64.extend_i32_s (local.get $n)))))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (struct.get $box $value (local.get $box)))

  (func $partly (param $x i64) (result i64) (local $box (ref $box))
    (local.set $box (struct.new $box (local.get $x)))
    (if (i64.eqz (local.get $x))
      (then (call $take (local.get $box)) (return (i64.const 0))))
    (struct.get $box $value (local.get $box)))

  (func $late (param $x i64) (result i64) (local $box (ref $box))
    (local.set $box (struct.new $box (local.get $x)))
    (if (i64.eqz (local.get $x))
      (then (global.set $kept (local.get $box))))
    (struct.get $box $value (local.get $box)))

  (func $tuple (param $x i32) (result i32) (local $bytes (ref $bytes))
    (local.set $bytes (array.new_fixed $bytes 2 (local.get $x) (i32.const 7)))
    (i32.add
      (i32.add (array.get_s $bytes (local.get $bytes) (i32.const 0)) (array.get_u $bytes (local.get $bytes) (i32.const 0)))
      (array.len (local.get $bytes))))

  (func $speculating (param $x i64) (param $f i32) (result i64) (local $link (ref $link)) (local $box (ref $box))
    (local.set $box (struct.new $box (local.get $x)))
    (local.set $link (struct.new $link (local.get $box) (local.get $box)))
    (struct.set $box $value (local.get $box) (i64.const 5))
    (drop (call_indirect (type $step) (i32.const 1) (local.get $f)))
    (struct.get $box $value (struct.get $link $box (local.get $link)))))

;;> == ir function=local passes=escape-analysis,fold,branch-simplification,dce
;;> before
;;> b0:
;;>   v0: i64 = argument #0
;;>   v1: (ref null bot) = ref.null
;;>   v2: (ref type#0) = new_struct type#0, v0
;;>   v3: i64 = struct.get type#0, #0, v2
;;>   v4: i64 = i64.const 1
;;>   v5: i64 = i64.add v3, v4
;;>   struct.set type#0, #0, v2, v5
;;>   v7: i32 = ref_test (ref type#0), v2
;;>   v8: i64 = i64.const 0
;;>   branch v7, b1, b2
;;> b1:
;;>   v9: (ref type#0) = ref_cast v2
;;>   v10: i64 = struct.get type#0, #0, v9
;;>   jump b3(v10)
;;> b2:
;;>   call @take, v2
;;>   jump b3(v8)
;;> b3(v12: i64):
;;>   return v12
;;> after
;;> b0:
;;>   v0: i64 = argument #0
;;>   v1: i64 = i64.const 1
;;>   v2: i64 = i64.add v0, v1
;;>   return v2

;;> == ir function=iterator passes=escape-analysis,fold,branch-simplification,dce
;;> before
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: (ref null bot) = ref.null
;;>   v2: i32 = i32.const 0
;;>   v3: (ref type#1) = new_struct type#1, v2, v0
;;>   v4: i32 = i32.const 1
;;>   jump b1(v2)
;;> b1(v5: i32):  ; loop
;;>   loop_stack_check
;;>   v7: i32 = struct.get type#1, #0, v3
;;>   v8: i32 = struct.get type#1, #1, v3
;;>   v9: i32 = i32.ge_s v7, v8
;;>   branch v9, b2, b3
;;> b2:
;;>   return v5
;;> b3:
;;>   v10: i32 = struct.get type#1, #0, v3
;;>   v11: i32 = i32.add v5, v10
;;>   v12: i32 = struct.get type#1, #0, v3
;;>   v13: i32 = i32.add v12, v4
;;>   struct.set type#1, #0, v3, v13
;;>   jump b1(v11)
;;> after
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i32 = i32.const 0
;;>   v2: i32 = i32.const 1
;;>   jump b1(v1, v1)
;;> b1(v3: i32, v4: i32):  ; loop
;;>   loop_stack_check
;;>   v6: i32 = i32.ge_s v4, v0
;;>   branch v6, b2, b3
;;> b2:
;;>   return v3
;;> b3:
;;>   v7: i32 = i32.add v3, v4
;;>   v8: i32 = i32.add v4, v2
;;>   jump b1(v7, v8)

;;> == ir function=accumulator passes=escape-analysis,fold,branch-simplification,dce
;;> before
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: (ref null bot) = ref.null
;;>   v2: i64 = i64.const 0
;;>   v3: (ref type#0) = new_struct type#0, v2
;;>   v4: i32 = i32.const 1
;;>   jump b1(v0, v3)
;;> b1(v5: i32, v6: (ref type#0)):  ; loop
;;>   loop_stack_check
;;>   v8: i64 = struct.get type#0, #0, v6
;;>   v9: i64 = i64.extend_i32_s v5
;;>   v10: i64 = i64.add v8, v9
;;>   v11: (ref type#0) = new_struct type#0, v10
;;>   v12: i32 = i32.sub v5, v4
;;>   branch v12, b1(v12, v11), b2
;;> b2:
;;>   v13: i64 = struct.get type#0, #0, v11
;;>   return v13
;;> after
;;> b0:
;;>   v0: i32 = i32.const -1
;;>   v1: i32 = argument #0
;;>   v2: i64 = i64.const 0
;;>   jump b1(v1, v2)
;;> b1(v3: i32, v4: i64):  ; loop
;;>   loop_stack_check
;;>   v6: i64 = i64.extend_i32_s v3
;;>   v7: i64 = i64.add v4, v6
;;>   v8: i32 = i32.add v3, v0
;;>   branch v8, b1(v8, v7), b2
;;> b2:
;;>   return v7

;;> == ir function=partly passes=escape-analysis,fold,branch-simplification,dce
;;> before
;;> b0:
;;>   v0: i64 = argument #0
;;>   v1: (ref null bot) = ref.null
;;>   v2: (ref type#0) = new_struct type#0, v0
;;>   v3: i32 = i64.eqz v0
;;>   v4: i64 = i64.const 0
;;>   branch v3, b1, b2
;;> b1:
;;>   call @take, v2
;;>   return v4
;;> b2:
;;>   v6: i64 = struct.get type#0, #0, v2
;;>   return v6
;;> after
;;> b0:
;;>   v0: i64 = argument #0
;;>   v1: i32 = i64.eqz v0
;;>   v2: i64 = i64.const 0
;;>   branch v1, b1, b2
;;> b1:
;;>   v3: (ref type#0) = new_struct type#0, v0
;;>   call @take, v3
;;>   return v2
;;> b2:
;;>   return v0

;;> == ir function=late passes=escape-analysis,fold,branch-simplification,dce
;;> before
;;> b0:
;;>   v0: i64 = argument #0
;;>   v1: (ref null bot) = ref.null
;;>   v2: (ref type#0) = new_struct type#0, v0
;;>   v3: i32 = i64.eqz v0
;;>   branch v3, b1, b2
;;> b1:
;;>   global.set #0, v2
;;>   jump b3
;;> b2:
;;>   jump b3
;;> b3:
;;>   v5: i64 = struct.get type#0, #0, v2
;;>   return v5
;;> after
;;> b0:
;;>   v0: i64 = argument #0
;;>   v1: i32 = i64.eqz v0
;;>   branch v1, b1, b2
;;> b1:
;;>   v2: (ref type#0) = new_struct type#0, v0
;;>   global.set #0, v2
;;>   jump b3(v2)
;;> b2:
;;>   v4: (ref type#0) = new_struct type#0, v0
;;>   jump b3(v4)
;;> b3(v5: (ref type#0)):
;;>   v6: i64 = struct.get type#0, #0, v5
;;>   return v6

;;> == ir function=tuple passes=fold,escape-analysis,fold,branch-simplification,gvn,dce
;;> before
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: (ref null bot) = ref.null
;;>   v2: i32 = i32.const 7
;;>   v3: (ref type#2) = new_array_fixed type#2, v0, v2
;;>   v4: i32 = i32.const 0
;;>   v5: i32 = array.len v3
;;>   v6: i32 = i32.lt_u v4, v5
;;>   trap_unless ArrayOutOfBounds, v6
;;>   v8: i32 = array.get_s type#2, v3, v4
;;>   v9: i32 = array.len v3
;;>   v10: i32 = i32.lt_u v4, v9
;;>   trap_unless ArrayOutOfBounds, v10
;;>   v12: i32 = array.get_u type#2, v3, v4
;;>   v13: i32 = i32.add v8, v12
;;>   v14: i32 = array.len v3
;;>   v15: i32 = i32.add v13, v14
;;>   return v15
;;> after
;;> b0:
;;>   v0: i32 = i32.const 2
;;>   v1: i32 = i32.const 255
;;>   v2: i32 = argument #0
;;>   v3: i32 = i32.extend8_s v2
;;>   v4: i32 = i32.and v2, v1
;;>   v5: i32 = i32.add v3, v4
;;>   v6: i32 = i32.add v5, v0
;;>   return v6

;;> == ir function=speculating passes=escape-analysis,fold,branch-simplification,dce
;;> before
;;> b0:
;;>   v0: i64 = argument #0
;;>   v1: i32 = argument #1
;;>   v2: (ref null bot) = ref.null
;;>   v3: i64 = i64.const 0
;;>   v4: i32 = i32.const 0
;;>   v5: (ref type#0) = new_struct type#0, v0
;;>   v6: (ref type#3) = new_struct type#3, v5, v5
;;>   v7: i64 = i64.const 5
;;>   struct.set type#0, #0, v5, v7
;;>   v9: i32 = i32.const 1
;;>   v10: i32 = table_length #0
;;>   v11: i32 = i32.lt_u v1, v10
;;>   trap_unless UndefinedElement, v11
;;>   v13: (ref null func) = load_element #0, v1
;;>   v14: (ref type#4) = function_address @next
;;>   v15: i32 = reference_equal v13, v14
;;>   guard v15  ; speculating BeforeInstruction +35 [v3, v4, v6, v2, v9, v1]
;;>   v17: i32 = i32.add v9, v9
;;>   v18: (ref type#0) = struct.get type#3, #0, v6
;;>   v19: i64 = struct.get type#0, #0, v18
;;>   return v19
;;> after
;;> b0:
;;>   v0: i64 = argument #0
;;>   v1: i32 = argument #1
;;>   v2: (ref null bot) = ref.null
;;>   v3: i64 = i64.const 0
;;>   v4: i32 = i32.const 0
;;>   v5: i64 = i64.const 5
;;>   v6: i32 = i32.const 1
;;>   v7: i32 = table_length #0
;;>   v8: i32 = i32.lt_u v1, v7
;;>   trap_unless UndefinedElement, v8
;;>   v10: (ref null func) = load_element #0, v1
;;>   v11: (ref type#4) = function_address @next
;;>   v12: i32 = reference_equal v10, v11
;;>   guard v12  ; speculating BeforeInstruction +35 [v3, v4, object0{object1{v5}, object1}, v2, v6, v1]
;;>   return v5
